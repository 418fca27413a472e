"""The schema's history: ``0001_initial.sql``, ``0002_...sql``, each applied once, in one transaction with its record."""
