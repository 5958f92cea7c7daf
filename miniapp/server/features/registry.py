"""Which features there are: one line each."""

from miniapp.server.features.accounts.routes import api as accounts
from miniapp.server.features.alerts.routes import api as alerts
from miniapp.server.features.groups.routes import api as groups
from miniapp.server.features.installation.routes import api as installation
from miniapp.server.features.keys.routes import api as keys
from miniapp.server.features.markets.routes import api as markets
from miniapp.server.features.offers.routes import api as offers
from miniapp.server.features.performance.routes import api as performance
from miniapp.server.features.queue.routes import api as queue
from miniapp.server.features.risk.routes import api as risk
from miniapp.server.features.session.routes import api as session
from miniapp.server.features.settings.routes import api as settings
from miniapp.server.features.targets.routes import api as targets
from miniapp.server.features.trades.routes import api as trades
from miniapp.server.features.venues.routes import api as venues
from miniapp.server.features.webhooks.routes import api as webhooks

FEATURES = (
    session,
    accounts,
    offers,
    groups,
    queue,
    risk,
    alerts,
    performance,
    markets,
    venues,
    keys,
    settings,
    targets,
    trades,
    webhooks,
    installation,
)
