"""The power fails while a unit or its centre writes: `xenia soak powercut`."""
