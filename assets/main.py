"""Starts the console command: first what lets it end well at any time, then the slow imports."""

from __future__ import annotations

from pipeline.collecting import collecting_rarely
from pipeline.terminal.ending import end_in_a_sentence, leave, mind_readers, say_the_rest


def main() -> None:
    """The console script."""
    end_in_a_sentence()
    mind_readers()
    # Of the objects that imports and a list of partitions make, nearly all stay: looking through them took a second.
    with collecting_rarely():
        import assets.command  # noqa: F401  # adds the verbs that run the graph
        from pipeline.terminal.command import cli

        try:
            try:
                cli(prog_name="disclosure")
            finally:
                say_the_rest()
        except SystemExit as ended:  # that is how it ends in any case
            leave(ended.code)
            raise


if __name__ == "__main__":
    main()
