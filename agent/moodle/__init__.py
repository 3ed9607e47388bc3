"""Moodle's web services as the plugin local_zohosync offers them: calls, batches, errors."""
