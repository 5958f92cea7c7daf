// A server behind the browser's own fetch: it answers what a test says and remembers what came.

export const inSeconds = (seconds: number): string =>
  new Date(Date.now() + seconds * 1000).toISOString();

export interface Request {
  readonly path: string;
  readonly key: string | null;
  readonly body: unknown;
}

export class Server {
  readonly requests: Request[] = [];
  answer: (request: Request) => [number, unknown] = () => [500, {}];

  readonly fetch = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    const path = url.replace("/api/v1", "");
    if (path === "/session") {
      return Response.json({ token: "t", expires_at: inSeconds(900), user: { id: "u" } });
    }
    const request = {
      path,
      key: headers.get("Idempotency-Key"),
      body: init.body ? JSON.parse(String(init.body)) : undefined,
    };
    this.requests.push(request);
    const [status, body] = this.answer(request);
    return Response.json(body, { status });
  };
}
