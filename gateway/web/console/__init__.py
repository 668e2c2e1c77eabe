"""The administrators' console: server-rendered pages, Russian and English, without a build step."""
