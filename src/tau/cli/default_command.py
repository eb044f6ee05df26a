"""A group of commands that has one for arguments which name none."""

import click


class DefaultCommandGroup(click.Group):
    """A group whose first command is meant where none is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read arguments, those of the first command if they name none."""
        is_help = args[:1] and args[0] in ctx.help_option_names
        return super().parse_args(ctx, args if is_help else self.with_command(args))

    def with_command(self, args: list[str]) -> list[str]:
        """Return arguments that begin with the name of a command."""
        if not args or args[0] in self.commands:
            return args
        return [next(iter(self.commands)), *args]
