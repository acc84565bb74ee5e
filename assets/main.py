"""Starts the console command: first the signal handling that ends it with a sentence, then the slow imports."""

from __future__ import annotations

from pipeline.terminal.ending import end_in_a_sentence


def main() -> None:
    """The console script."""
    end_in_a_sentence()
    import assets.command  # noqa: F401  # adds the verbs that run the graph
    from pipeline.terminal.command import cli

    cli(prog_name="disclosure")


if __name__ == "__main__":
    main()
