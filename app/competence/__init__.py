"""What people can do: frameworks, evidence, claims, certifications of others."""
