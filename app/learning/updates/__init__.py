"""What a new version of a course asks of those who finished an older one."""
