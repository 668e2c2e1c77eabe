"""What the node serves over HTTP: REST, SOAP and the console; rendering only, the work is done below."""
