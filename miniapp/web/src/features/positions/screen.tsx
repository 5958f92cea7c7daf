// Positions: every open group, newest movement first.
import { Link } from "wouter-preact";
import { useGroups } from "../../api/queries";
import { useFreshness } from "../../api/useFreshness";
import { text } from "../../text";
import { FreshnessBadge } from "../../ui/freshness";
import { PositionsIcon } from "../../ui/icons";
import { Loaded, Skeleton } from "../../ui/loaded";
import { Empty } from "../../ui/parts";
import { PositionCard } from "./card";

export function PositionsScreen({ account }: { account: string }) {
  const groups = useGroups(account, "open");
  const fresh = useFreshness(account);
  return (
    <>
      <div class="title-row">
        <h1 class="title">{text.group.listTitle}</h1>
        <FreshnessBadge fresh={fresh} />
      </div>
      <Loaded query={groups} skeleton={<Skeleton shapes={["card", "card", "card"]} />}>
        {(page) =>
          page.items.length === 0 ? (
            <Empty icon={PositionsIcon} title={text.group.emptyTitle} body={text.group.emptyBody}>
              <Link href="/offers" class="button soft">
                {text.group.emptyAction}
              </Link>
            </Empty>
          ) : (
            page.items.map((group) => <PositionCard key={group.id} group={group} fresh={fresh} />)
          )
        }
      </Loaded>
    </>
  );
}
