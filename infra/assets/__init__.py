"""Third-party assets, fetched by digest and packed for the studio."""
