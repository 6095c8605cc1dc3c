"""Who may open a page: the three rights as parameters of routes."""

from typing import Annotated

from fastapi import Depends

from app.api.access import page_needs
from app.records import Caller, Scope

Reader = Annotated[Caller, Depends(page_needs(Scope.READ))]
Triager = Annotated[Caller, Depends(page_needs(Scope.TRIAGE))]
Admin = Annotated[Caller, Depends(page_needs(Scope.ADMIN))]
Costly = Annotated[Caller, Depends(page_needs(Scope.ADMIN, costly=True))]
