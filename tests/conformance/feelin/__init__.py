"""The same expressions in engine.feel and in feelin, the FEEL of Camunda's tools."""
