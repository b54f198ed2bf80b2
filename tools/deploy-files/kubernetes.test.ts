import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { at, items, type Mapping, readAll, readText, root } from "./project-files.ts";

/** Kubernetes' own schema is not vendored: what matters is checked here. */
const folder = "deploy/kubernetes";
const objects = readdirSync(join(root, folder))
  .filter((name) => name.endsWith(".yaml"))
  .flatMap((name) => readAll(`${folder}/${name}`));
const [runtime] = readAll("deploy/kserve/serving-runtime.yaml");
const [service] = readAll("deploy/kserve/inference-service.yaml");

const ofKind = (kind: string): readonly Mapping[] =>
  objects.filter((each) => each["kind"] === kind);
const workloads = [...ofKind("Deployment"), ...ofKind("StatefulSet")].map(
  (each) => [String(at(each, "metadata", "name")), each] as const,
);
const versions: Readonly<Record<string, string>> = {
  ConfigMap: "v1",
  Service: "v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  PodDisruptionBudget: "policy/v1",
  NetworkPolicy: "networking.k8s.io/v1",
};

test("every object has its kind's stable version and a name of its own", () => {
  const names = objects.map(({ kind, apiVersion, metadata }) => {
    expect(versions[String(kind)]).toBe(apiVersion);
    return `${String(kind)}/${String(at(metadata, "name"))}`;
  });
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(
    expect.arrayContaining([
      "Deployment/plimsoll-server",
      "Deployment/plimsoll-trainer",
      "Service/plimsoll-server",
      "HorizontalPodAutoscaler/plimsoll-server",
      "StatefulSet/plimsoll-redis",
    ]),
  );
});

test.each(workloads)(
  "%s: a selector that finds its pods, without root, within limits",
  (_, each) => {
    const labels = at(each, "spec", "template", "metadata", "labels") as Mapping;
    expect(labels).toMatchObject(at(each, "spec", "selector", "matchLabels") as object);
    const pod = at(each, "spec", "template", "spec");
    expect(at(pod, "securityContext", "runAsNonRoot")).toBe(true);
    expect(at(pod, "automountServiceAccountToken")).toBe(false);
    const containers = items(at(pod, "containers"));
    expect(containers).toHaveLength(1);
    for (const container of containers) {
      expect(at(container, "resources", "limits", "memory")).toMatch(/^\d+[MG]i$/);
      expect(at(container, "resources", "requests", "cpu")).toBeDefined();
      expect(at(container, "securityContext")).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(at(container, "image")).toMatch(/:[0-9][\w.-]*$/);
      const volumes = [
        ...items(at(pod, "volumes")).map((volume) => at(volume, "name")),
        ...items(at(each, "spec", "volumeClaimTemplates")).map((claim) =>
          at(claim, "metadata", "name"),
        ),
      ];
      for (const mount of items(at(container, "volumeMounts"))) {
        expect(volumes).toContain(at(mount, "name"));
      }
    }
  },
);

test("services, the autoscaler and the network policy point at what is there", () => {
  for (const each of ofKind("Service")) {
    const selector = at(each, "spec", "selector") as object;
    const found = workloads.filter(([, workload]) => {
      const labels = at(workload, "spec", "template", "metadata", "labels") as Mapping;
      return Object.entries(selector).every(([name, value]) => labels[name] === value);
    });
    expect(found).toHaveLength(1);
    const container = items(at(found[0]?.[1], "spec", "template", "spec", "containers"))[0];
    const ports = items(at(container, "ports")).map((port) => at(port, "name"));
    for (const port of items(at(each, "spec", "ports")))
      expect(ports).toContain(at(port, "targetPort"));
  }
  for (const each of ofKind("HorizontalPodAutoscaler")) {
    const target = at(each, "spec", "scaleTargetRef", "name");
    expect(workloads.map(([name]) => name)).toContain(target);
  }
});

test("the server's probes ask routes that it has, and nothing secret is in a ConfigMap", () => {
  const server = workloads.find(([name]) => name === "plimsoll-server")?.[1];
  const [container] = items(at(server, "spec", "template", "spec", "containers"));
  const routes = readText("apps/server/src/routes/health-routes.ts");
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
    expect(routes).toContain(`"${String(at(container, probe, "httpGet", "path"))}"`);
  }
  for (const map of ofKind("ConfigMap")) {
    expect(JSON.stringify(map["data"])).not.toMatch(/TOKEN|KEY|SECRET|PASSWORD/);
  }
});

test("KServe: a runtime for ONNX over protocol v2, and a service that names it", () => {
  expect(runtime).toMatchObject({
    apiVersion: "serving.kserve.io/v1alpha1",
    kind: "ServingRuntime",
  });
  expect(at(runtime, "spec", "protocolVersions")).toEqual(["v2"]);
  const [container] = items(at(runtime, "spec", "containers"));
  // KServe looks for the container by this name.
  expect(at(container, "name")).toBe("kserve-container");
  const routes = readText("apps/server/src/protocol/protocol-routes.ts");
  for (const probe of ["readinessProbe", "livenessProbe"]) {
    const path = String(at(container, probe, "httpGet", "path"));
    expect(routes).toContain(path.replace("/v2", ""));
  }
  expect(at(service, "spec", "predictor", "model", "runtime")).toBe(
    at(runtime, "metadata", "name"),
  );
});
