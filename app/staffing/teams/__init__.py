"""What a project needs of its team as a whole."""
