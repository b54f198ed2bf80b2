import { expect, jest, test } from "@jest/globals";
import { madeText, tempDir, textClasses } from "@plimsoll/testing";
import { adminToken, runningServer } from "./testing/running-server.ts";

// A server, its child that trains and the child that serves are processes of their own.
jest.setTimeout(600_000);

const admin = { authorization: `Bearer ${adminToken}` };
/** Originals of each class, and fresh texts that nobody has seen. */
const [samples, unseen] = [30, 20];

async function post(url: string, body: FormData | object, headers: object = {}): Promise<unknown> {
  const isForm = body instanceof FormData;
  const reply = await fetch(url, {
    method: "POST",
    headers: { ...headers, ...(isForm ? {} : { "content-type": "application/json" }) },
    body: isForm ? body : JSON.stringify(body),
  });
  return await reply.json();
}

test("texts: uploaded, retrained, published and served, and told apart when they are new", async () => {
  await using dir = await tempDir();
  await using server = await runningServer(dir.path, {
    tickets: { classes: textClasses, promoteTo: "production" },
  });
  const { url } = server;
  for (const label of textClasses) {
    for (let number = 0; number < samples; number++) {
      const form = new FormData();
      form.set("file", new Blob([madeText(label, number)]), "ticket.txt");
      form.set("class_name", label);
      expect(await post(`${url}/upload`, form)).toMatchObject({ s3_uploaded: true });
    }
  }
  const started = await post(`${url}/retrain`, { model: "tickets" }, admin);
  const { run } = started as { readonly run: string };
  const stream = await fetch(`${url}/training/runs/${run}/events`, { headers: admin });
  expect(await stream.text()).toContain('"stage":"promote"');
  const record = await fetch(`${url}/training/runs/${run}`, { headers: admin });
  expect(await record.json()).toMatchObject({ state: "succeeded", version: "v1.0.0" });

  let right = 0;
  for (const label of textClasses) {
    for (let number = 0; number < unseen; number++) {
      const data = madeText(label, 100_000 + number);
      const question = { type: "text", data, model: "tickets" };
      const answer = await post(`${url}/api/v1/classify`, question);
      expect(answer).toMatchObject({ success: true, version: "v1.0.0" });
      if ((answer as { readonly predicted_class: string }).predicted_class === label) right += 1;
    }
  }
  expect(right / (textClasses.length * unseen)).toBeGreaterThanOrEqual(0.9);
});
