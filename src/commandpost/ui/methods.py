"""Which methods an address takes, for the answer that refuses another."""

from fastapi import Request
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import compile_path


def methods_of(request: Request) -> str:
    """Return the methods of every route at this address, as `Allow` lists them."""
    address = request.url.path
    routes = [route for route in iter_route_contexts(request.app.routes) if _is_at(route, address)]
    exact = [route for route in routes if route.path == address]  # `/import` is no `/{id}`
    return ", ".join(sorted({method for route in exact or routes for method in _methods(route)}))


def _methods(route: RouteContext) -> set[str]:
    return set(getattr(route, "methods", None) or ())


def _is_at(route: RouteContext, address: str) -> bool:
    return bool(_methods(route)) and bool(compile_path(route.path or "")[0].match(address))
