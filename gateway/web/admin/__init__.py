"""`/v1/admin`: what the command line does about partners, keys and approvals, for administrators' programs."""

from fastapi import APIRouter, Depends

from gateway.web.admin import anchors, keys, oversight, partners
from gateway.web.admin.access import administrator

# The door stands before the whole house as well, so that no endpoint can be added without it.
router = APIRouter(prefix="/v1/admin", tags=["administration"], dependencies=[Depends(administrator)])
for part in (partners, anchors, keys, oversight):
    router.include_router(part.router)
