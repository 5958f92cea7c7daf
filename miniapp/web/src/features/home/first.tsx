// Nothing to decide and nothing open: the first visit with one thing to do, later a quiet word.
import { sendTestAlert } from "../../api/queries";
import { text } from "../../text";
import { CheckIcon, SendIcon } from "../../ui/icons";
import { Empty } from "../../ui/parts";
import { useAction } from "../../ui/useAction";

export function FirstSteps({ account }: { account: string }) {
  const test = useAction((key) => sendTestAlert(account, key), text.home.testSent);
  return (
    <div class="card first">
      <Empty icon={SendIcon} title={text.home.emptyTitle} body={text.home.emptyBody}>
        <button
          type="button"
          class="button primary"
          disabled={test.busy}
          onClick={() => void test.run()}
        >
          {text.home.emptyAction}
        </button>
      </Empty>
    </div>
  );
}

/** Nothing is open now, but there was something before. */
export const Quiet = () => (
  <div class="card first">
    <Empty icon={CheckIcon} title={text.home.quietTitle} body={text.home.quietBody} />
  </div>
);
