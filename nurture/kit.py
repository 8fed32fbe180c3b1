"""What each flow takes, put together from the house for one account that is attended."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from nurture import ports
from nurture.core.account import Account
from nurture.ear import Ear
from nurture.flows.file_copies import Cabinet
from nurture.flows.gather_moved import Pigeonholes
from nurture.flows.obey import Audience
from nurture.flows.send import Voice
from nurture.flows.settle_by_hand import Witness, settle_by_hand
from nurture.flows.settle_doubt import Doubt
from nurture.flows.tend_drafts import Tray
from nurture.house import House, Post
from nurture.instruction import Clerk
from nurture.mail.cursor import Cursor, Fetched
from nurture.mail.read.inbound import Inbound
from nurture.register import Door, Register
from nurture.value import frozen


@frozen
class Kit:
    """Everything for one account under one lease; its `clock` tells the pulse of each item."""

    house: House
    post: Post
    lease: ports.Lease
    clock: ports.Clock

    @property
    def accounts(self) -> dict[str, Account]:
        """Every account that this daemon knows, by name."""
        return {each.account.name: each.account for each in self.house.posts}

    def ear(self, obeys: Callable[[Inbound, Fetched], Awaitable[bool]]) -> Ear:
        """What it takes to hear; `obeys` takes what is a command away."""
        house, post = self.house, self.post
        own = frozenset[str]().union(*(each.account.own_addresses for each in house.posts))
        return Ear(
            account=post.account,
            own=own,
            lease=self.lease,
            accounts=house.store.accounts,
            incoming=house.store.incoming,
            people=house.store.people,
            mailbox=post.mailbox,
            switch=house.store.switch,
            clock=self.clock,
            key=house.key,
            obeys=obeys,
            settles_by_hand=partial(settle_by_hand, self.witness()),
        )

    def witness(self) -> Witness:
        """What it takes to know a draft of ours again in Sent."""
        house, account = self.house, self.post.account
        return Witness(
            account, house.store.copies, house.store.desk, house.catalog, self.clock, house.key
        )

    def tray(self) -> Tray:
        """What it takes to tend the Drafts folder."""
        house, post = self.house, self.post
        return Tray(
            account=post.account,
            copies=house.store.copies,
            desk=house.store.desk,
            switch=house.store.switch,
            catalog=house.catalog,
            mailbox=post.mailbox,
            clock=self.clock,
        )

    def audience(self) -> Audience:
        """What it takes to obey the owner."""
        house, post = self.house, self.post
        clerk = Clerk(
            account=post.account,
            speaker=post.account.owner,
            accounts=self.accounts,
            desk=house.store.desk,
            tasks=house.store.tasks,
            drafts=house.store.drafts,
            people=house.store.people,
            outgoing=house.store.outgoing,
            catalog=house.catalog,
        )
        return Audience(clerk, house.store.instructions, self.clock, house.key)

    def pigeonholes(self, seen: dict[str, Cursor]) -> Pigeonholes:
        """What it takes to look through the folders into which the owner moves notices."""
        audience = self.audience()
        return Pigeonholes(
            audience.clerk,
            audience.instructions,
            self.post.mailbox,
            self.clock,
            self.house.key,
            seen,
        )

    def voice(self, is_stopping: Callable[[], bool]) -> Voice:
        """What it takes to speak."""
        house, post = self.house, self.post
        voice = Voice.over(
            house.store,
            post.account,
            self.lease,
            post.courier,
            house.catalog,
            self.clock,
            house.key,
        )
        return replace(voice, is_stopping=is_stopping)

    def door(self) -> Door:
        """What it takes to let people begin."""
        house, post = self.house, self.post
        accounts, clock = self.accounts, self.clock
        return Door(
            account=post.account,
            register=Register(
                house.store.outgoing, house.store.people, house.catalog, accounts, clock
            ),
            desk=house.store.desk,
            sequences=house.catalog.all_today(),
            is_default=len(accounts) == 1,
            tasks=house.store.tasks,
        )

    def doubt(self) -> Doubt:
        """What it takes to settle what nobody knows."""
        house, post = self.house, self.post
        return Doubt(
            account=post.account,
            lease=self.lease,
            outgoing=house.store.outgoing,
            desk=house.store.desk,
            mailbox=post.mailbox,
            catalog=house.catalog,
            clock=self.clock,
        )

    def cabinet(self) -> Cabinet:
        """What it takes to file copies."""
        house, post = self.house, self.post
        return Cabinet(post.account, house.store.outgoing, post.mailbox, self.clock)
