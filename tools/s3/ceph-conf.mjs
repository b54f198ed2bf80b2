/** The `ceph.conf` of a throw-away store: one monitor, one OSD that keeps everything in memory, no authentication. */
export function cephConf({ home, fsid, monPort, port, memoryBytes }) {
  const sections = {
    global: {
      fsid,
      "mon initial members": "a",
      "mon host": `v1:127.0.0.1:${monPort}`,
      "public network": "127.0.0.0/8",
      "cluster network": "127.0.0.0/8",
      "ms bind ipv6": false,
      "auth cluster required": "none",
      "auth service required": "none",
      "auth client required": "none",
      keyring: `${home}/keyring`,
      "run dir": `${home}/run`,
      "crash dir": `${home}/run`,
      "admin socket": `${home}/run/$name.asok`,
      "pid file": `${home}/run/$name.pid`,
      "log file": `${home}/log/$name.log`,
      "log to stderr": false,
      "mon data": `${home}/mon`,
      "mon cluster log file": `${home}/log/cluster.log`,
      "mon cluster log to stderr": false,
      // A laptop's disk that is nearly full must not stop a store that lives in memory.
      "mon data avail warn": 1,
      "mon data avail crit": 1,
      "mon allow pool size one": true,
      "mon max pg per osd": 4000,
      "mon mgr blackhole mds": true,
      "paxos propose interval": 0.1,
      "osd data": `${home}/osd`,
      "osd objectstore": "memstore",
      "memstore device bytes": memoryBytes,
      "memstore page set": true,
      "osd class update on start": false,
      "osd crush chooseleaf type": 0,
      "osd pool default size": 1,
      "osd pool default min size": 1,
      "osd pool default pg num": 4,
      "osd pool default pg autoscale mode": "off",
      "osd heartbeat grace": 120,
    },
    "client.rgw.a": {
      "rgw frontends": `beast endpoint=127.0.0.1:${port}`,
      "rgw dns name": "localhost",
      "rgw enable usage log": false,
      "rgw enable ops log": false,
      "rgw run sync thread": false,
      // Removed objects give their memory back within seconds, not hours.
      "rgw gc obj min wait": 5,
      "rgw gc processor period": 10,
    },
  };
  return Object.entries(sections)
    .map(([name, entries]) =>
      [`[${name}]`, ...Object.entries(entries).map(([key, value]) => `${key} = ${value}`)].join(
        "\n",
      ),
    )
    .join("\n\n")
    .concat("\n");
}
