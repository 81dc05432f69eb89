"""What stands in the made-up tables: for each Table Schema, rows that a real agency might write.

Every institution, company and figure here is invented; places are real. No row is about a person.
"""
