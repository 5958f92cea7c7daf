import { cleanup, render, screen } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import { Ladder, legState } from "../src/ui/ladder";
import { leg } from "./builders";

afterEach(cleanup);

test("a leg's state is how it ended, else its order's", () => {
  expect(legState(leg())).toBe("open");
  expect(legState(leg({ status: "filled", filled_quantity: "1" }))).toBe("filled");
  expect(legState(leg({ status: "filled", tp_hit: true }))).toBe("tp_hit");
  const sold = { status: "filled", filled_quantity: "0.9", closed_quantity: "0.9" };
  expect(legState(leg(sold))).toBe("closed");
  expect(legState(leg({ status: "something new" }))).toBe("pending");
});

test("every leg says its price, size and state in words", () => {
  render(
    <Ladder detail legs={[leg(), leg({ index: 1, status: "failed", price: "0.00002045" })]} />,
  );
  expect(screen.getByText("open")).toBeTruthy();
  expect(screen.getByText("failed")).toBeTruthy();
  expect(screen.getByText("0.00002045")).toBeTruthy();
  expect(screen.getAllByText("$200.00")).toHaveLength(2);
});
