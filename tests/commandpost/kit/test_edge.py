"""Many who write at once take turns; none is refused, and readers are not held up."""

import asyncio

import httpx
from fastapi import FastAPI

from commandpost.accounts.models import Team
from commandpost.kit.clock import now
from commandpost.kit.edge import Db
from commandpost.kit.ids import new_id


def test_a_hundred_writers_at_once_all_get_through(database):
    app = FastAPI()
    app.state.database = database

    @app.post("/teams/{name}")
    def make(name: str, session: Db) -> str:
        session.add(Team(id=new_id(), name=name, display_name=name, created_at=now()))
        return name

    @app.get("/teams")
    def count(session: Db) -> int:
        return session.query(Team).count()

    async def all_at_once() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answers = await asyncio.gather(
                *(client.post(f"/teams/team{n}") for n in range(100)),
                *(client.get("/teams") for _ in range(20)),
            )
            return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [200] * 120
    with database.reading() as session:
        assert session.query(Team).count() == 100
