"""Who it is about: identities as claimed, documents, links, persons."""
