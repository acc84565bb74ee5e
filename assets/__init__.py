"""The Dagster shell: assets, partitions, checks, automation, and the console command."""
