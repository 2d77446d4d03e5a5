"""The reference backend keeps the wire's promises, and misbehaves as it is told: tests over real connections."""
