"""The backstage: the list of incidents and the page of one."""

from fastapi import APIRouter

router = APIRouter(prefix="/backstage/incidents")
