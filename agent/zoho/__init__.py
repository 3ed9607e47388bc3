"""Zoho CRM's API v8: authentication, transport, lists, writes, errors."""
