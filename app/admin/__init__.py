"""People and roles, the audit trail, jobs, the component gallery."""
