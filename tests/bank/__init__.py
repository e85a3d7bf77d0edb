"""The stand-in bank is as strict as the documents say, and its books are right."""
