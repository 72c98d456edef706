"""A page about a person for anybody who knows its address: off until they ask, item by item."""
