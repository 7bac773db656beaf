"""A centre and nine units as processes in network namespaces, over lines that fail: `xenia soak network`."""
