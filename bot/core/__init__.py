"""The rules: plain functions over frozen values. No clock, no dice, no ``async``, no SQL, no words shown to users."""
