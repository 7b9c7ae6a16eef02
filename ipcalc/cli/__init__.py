"""What a person types: a file a command, each thin: options, one call, a view."""
