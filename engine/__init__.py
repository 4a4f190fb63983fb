"""A BPMN case engine. It knows nothing of migration, Flask or HTTP."""
