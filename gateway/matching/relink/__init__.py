"""The population linked again under another model, beside the links in force: score, resolve, compare, switch."""
