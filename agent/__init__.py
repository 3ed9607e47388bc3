"""Two-way sync between Moodle and Zoho CRM. `zohosync` (or `python -m agent`) is its command."""

__version__ = "0.1.0"
