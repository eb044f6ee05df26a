"""What `tau run` says about this node, where several share a database."""

from tau.nodes.homes import Homes


async def describe_node(homes: Homes) -> str:
    """Return one sentence: where other nodes reach this one, and how many there are."""
    others = len({node.id for node in await homes.nodes()} - {homes.node.id})
    match others:
        case 0:
            company = "no other node is running"
        case 1:
            company = "one other is running"
        case _:
            company = f"{others} others are running"
    return f"Other nodes of this Tau reach this one at {homes.node.url}; {company}."
