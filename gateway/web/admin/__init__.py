"""`/v1/admin`: what the command line does about partners, keys and approvals, for administrators' programs."""

from fastapi import APIRouter, Depends

from gateway.web.admin import anchors, directory, keys, log, outbox, oversight, partners, relinks, sealing, stamps, tls
from gateway.web.admin.access import administrator

# The door stands before the whole house as well, so that no endpoint can be added without it.
router = APIRouter(prefix="/v1/admin", tags=["administration"], dependencies=[Depends(administrator)])
for part in (partners, anchors, directory, keys, tls, stamps, log, sealing, relinks, outbox, oversight):
    router.include_router(part.router)
