import type { Certificate } from "@plimsoll/testing";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

/** A web server for a folder, on loopback with TLS. */
export interface Nginx {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts nginx with its files in `dir`. Throws where it is not installed. */
export async function startNginx(dir: string, root: string, tls: Certificate): Promise<Nginx> {
  const port = await freePort();
  await writeFile(join(dir, "cert.pem"), tls.cert);
  await writeFile(join(dir, "key.pem"), tls.key, { mode: 0o600 });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${dir}/${kind};`,
  );
  await writeFile(
    join(dir, "nginx.conf"),
    `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off; worker_processes auto; pid ${dir}/nginx.pid; error_log ${dir}/error.log;
events { worker_connections 1024; }
http {
  access_log off; sendfile on; autoindex on; keepalive_requests 1000000; ${temporary.join(" ")}
  server {
    listen 127.0.0.1:${port} ssl; root ${root};
    ssl_certificate ${dir}/cert.pem; ssl_certificate_key ${dir}/key.pem;
  }
}
`,
  );
  const server = spawn(
    "nginx",
    ["-p", dir, "-c", join(dir, "nginx.conf"), "-e", join(dir, "error.log")],
    {
      stdio: "ignore",
    },
  );
  const ended = once(server, "exit").catch((error: unknown) => {
    throw new Error("nginx is not installed", { cause: error });
  });
  await Promise.race([listening(port), ended.then(() => Promise.reject(new Error("nginx ended")))]);
  return {
    origin: `https://127.0.0.1:${port}`,
    async stop() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
