"""`python -m docs_site`: the documents as a site in `dist/docs`."""

import sys
from pathlib import Path

import click

from docs_site.build import BuildError, build

ROOT = Path(__file__).parents[1]


@click.command()
@click.option("--output", type=click.Path(path_type=Path), default=ROOT / "dist/docs", help="Where the site goes.")
def main(*, output: Path) -> None:
    """Build the site. A broken link, or a page outside of the navigation, is an error."""
    try:
        build(ROOT, output)
    except BuildError as error:
        click.echo(error, err=True)
        sys.exit(1)
    click.echo(f"open {output / 'index.html'}")


if __name__ == "__main__":
    main()
