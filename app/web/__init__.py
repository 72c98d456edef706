"""The Flask ground floor: access, errors, forms, headers, layout and components."""
