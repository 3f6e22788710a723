using System.Net;
using System.Net.NetworkInformation;
using Npgsql;
using NpgsqlTypes;
using Shale.Postgres.Tests.Servers;
using Shale.Postgres.Tests.Support;

namespace Shale.Postgres.Tests.Door;

/// <summary>inet, cidr and macaddr: their texts, order, operators and functions as psql prints them of PostgreSQL, and their binary formats as Npgsql sends and reads them.</summary>
public sealed class NetworkAddressTests
{
    private const string Script = """
        CREATE TABLE hosts (id int PRIMARY KEY, ip inet, net cidr, mac macaddr, seen inet[]);
        INSERT INTO hosts VALUES (1, '10.1.2.3', '10.1/16', '08:00:2B:01:02:03', '{10.1.2.3,::1}'), (2, '10.1.2.3/8', '10', '08002b010204', NULL), (3, '9.255.0.1', '192.168.1', '08-00-2b-01-02-05', '{}'),
            (4, '100.2.3.4/24', '2001:db8::/32', '0800.2b01.0206', '{1.2.3.4/8}'), (5, '::1', '::/0', '8:0:2b:1:2:7', NULL), (6, '2001:DB8:0:0:1:0:0:1/64', '224', NULL, NULL), (7, NULL, NULL, NULL, NULL),
            (8, '::ffff:1.2.3.4', '240.1.2.3', '00:00:00:00:00:01', '{0.0.0.0/0,NULL}'), (9, '10.0.0.0/8', '10.0.0.0/8', 'ff:ff:ff:ff:ff:ff', NULL);
        SELECT * FROM hosts ORDER BY id;
        SELECT id, ip FROM hosts ORDER BY ip, id;
        SELECT id, net FROM hosts ORDER BY net DESC NULLS LAST, id;
        SELECT id, mac FROM hosts ORDER BY mac, id;
        SELECT ip, count(*) FROM hosts GROUP BY ip ORDER BY ip;
        SELECT DISTINCT ip FROM hosts ORDER BY 1 DESC;
        SELECT id FROM hosts WHERE ip = '10.1.2.3/32' OR ip = '2001:db8::1:0:0:1/64' ORDER BY id;
        SELECT id FROM hosts WHERE ip > '10.1.2.3' ORDER BY id;
        SELECT id FROM hosts WHERE ip BETWEEN '10.0.0.0/8' AND '101.0.0.0' ORDER BY id;
        SELECT id FROM hosts WHERE ip <> ALL ('{10.1.2.3,::1}') ORDER BY id;
        SELECT id FROM hosts WHERE ip IN ('10.1.2.3', '::0001') ORDER BY id;
        SELECT id FROM hosts WHERE ip = net ORDER BY id;
        SELECT id FROM hosts WHERE ip <= ANY (SELECT net FROM hosts) ORDER BY id;
        SELECT id FROM hosts WHERE mac >= '08:00:2b:01:02:05' ORDER BY id;
        SELECT id FROM hosts WHERE '10.1.2.3' = ANY (seen) ORDER BY id;
        SELECT min(ip), max(ip), min(net), max(net), count(DISTINCT ip) FROM hosts;
        SELECT family(ip), min(ip), max(ip) FROM hosts GROUP BY 1 ORDER BY 1;
        SELECT a.id, b.id FROM hosts a JOIN hosts b ON a.ip <<= b.net ORDER BY 1, 2;
        SELECT id, ip << '10.0.0.0/8', ip <<= '10/8', ip >> '10.1.2.3', ip >>= '10.1.2.3', ip && '10.1.0.0/16' FROM hosts ORDER BY id;
        SELECT id, host(ip), masklen(ip), network(ip), broadcast(ip), netmask(ip), hostmask(ip), abbrev(ip), text(ip) FROM hosts ORDER BY id;
        SELECT id, host(net), family(net), broadcast(net), masklen(net) FROM hosts ORDER BY id;
        SELECT id, abbrev(net) FROM hosts WHERE family(net) = 4 ORDER BY id;
        SELECT id, ip::text, net::text, mac::text, ip::cidr, net::inet, ip || '', upper(mac::text) FROM hosts ORDER BY id;
        SELECT id, set_masklen(ip, 16), set_masklen(net, 8), set_masklen(ip, -1), trunc(mac) FROM hosts ORDER BY id;
        SELECT ip + 5, ip - 1, 3 + ip, ip - '10.0.0.255', ~ip, ip & '0.255.0.255', ip | '0.0.0.255/16' FROM hosts WHERE family(ip) = 4 ORDER BY ip;
        SELECT inet_same_family(ip, '::1'), inet_merge('10.1.2.3/24', '10.1.130.1'), inet_merge('::1', '::f000') FROM hosts WHERE id < 3;
        SELECT '0:0:1::1'::inet, '1:0:0:2:0:0:0:3'::inet, '::1:2'::inet, '::2'::inet, '1:2:3:4:5:6:7::'::inet, '::2:3:4:5:6:7:8'::inet, '1:2:3:4:5:6:1.2.3.4'::inet, '::ffff:0:1'::inet, '010.1/08'::inet;
        SELECT to_json(ip), jsonb_build_object('n', net, 'm', mac), array_agg(ip) OVER () FROM hosts WHERE id = 2;
        SELECT pg_typeof(ip), pg_typeof(net), pg_typeof(mac), pg_typeof(network(ip)), pg_typeof(seen) FROM hosts WHERE id = 1;
        SELECT '10.1'::inet;
        SELECT '10.1.2.3/33'::inet;
        SELECT '1::2::3'::inet;
        SELECT '::1%eth0'::inet;
        SELECT ' 10.1.2.3'::inet;
        SELECT '10.1.2.3/8'::cidr;
        SELECT '08:00:2b:01:02'::macaddr;
        SELECT '255.255.255.255'::inet + 1;
        SELECT '::1'::inet - '1.2.3.4';
        SELECT set_masklen('10.1.2.3', 33);
        SELECT ip + ip FROM hosts;
        SELECT ip FROM hosts WHERE ip = 5;
        INSERT INTO hosts (id, ip) VALUES (10, 'nowhere');
        INSERT INTO hosts (id, net) VALUES (10, '10.1.2.3'::inet), (11, '10.1.2.3/8'::inet);
        INSERT INTO hosts (id, ip) SELECT 20 + id, net FROM hosts WHERE id < 3;
        SELECT id, ip, net FROM hosts WHERE id >= 10 ORDER BY id;
        ALTER TABLE hosts ALTER COLUMN ip TYPE text;
        SELECT ip FROM hosts WHERE id < 3 ORDER BY id;
        ALTER TABLE hosts ALTER COLUMN ip TYPE inet USING ip::inet;
        CREATE UNIQUE INDEX hosts_by_mac ON hosts (id, mac);
        CREATE TABLE seen (ip inet PRIMARY KEY, hits int DEFAULT 1);
        INSERT INTO seen VALUES ('1.2.3.4'), ('::1');
        INSERT INTO seen VALUES ('1.2.3.4/32') ON CONFLICT (ip) DO UPDATE SET hits = seen.hits + 1;
        SELECT * FROM seen ORDER BY ip;
        SELECT hits FROM seen WHERE ip = '0:0::1';
        INSERT INTO seen VALUES ('1.2.3.4');
        COPY hosts (id, ip, net, mac) FROM STDIN;
        30	1.2.3.4/8	1.2.3	080000000001
        \.
        COPY (SELECT id, ip, net, mac FROM hosts WHERE id = 30) TO STDOUT;
        SELECT column_name, data_type, udt_name FROM information_schema.columns WHERE table_name = 'hosts' ORDER BY 1;
        \d hosts

        """;

    [PostgresFact]
    [Trait("Rule", "S1.2")]
    public async Task Addresses_AreThoseOfPostgres()
    {
        await using var twins = await Twins.StartAsync();
        await twins.RequireSameAsync(Script);
    }

    [PostgresFact]
    public async Task Addresses_OfNpgsql_GoBothWays()
    {
        await using var twins = await Twins.StartAsync();
        foreach (var door in twins.Doors.Prepend(null))
        {
            await using var connection = await twins.ConnectAsync(door);
            await using (var create = new NpgsqlCommand("CREATE TABLE machines (id int PRIMARY KEY, ip inet, net cidr, mac macaddr, seen inet[])", connection)) await create.ExecuteNonQueryAsync();
            await using (var insert = new NpgsqlCommand("INSERT INTO machines VALUES (1, $1, $2, $3, $4), (2, $5, $6, NULL, NULL)", connection))
            {
                insert.Parameters.Add(new NpgsqlParameter { Value = IPAddress.Parse("10.1.2.3") });
                insert.Parameters.Add(new NpgsqlParameter { Value = new IPNetwork(IPAddress.Parse("10.1.0.0"), 16), NpgsqlDbType = NpgsqlDbType.Cidr });
                insert.Parameters.Add(new NpgsqlParameter { Value = PhysicalAddress.Parse("08002B010203") });
                insert.Parameters.Add(new NpgsqlParameter { Value = new[] { IPAddress.IPv6Loopback, IPAddress.Parse("1.2.3.4") } });
                insert.Parameters.Add(new NpgsqlParameter { Value = IPAddress.Parse("2001:db8::1") });
                insert.Parameters.Add(new NpgsqlParameter { Value = new IPNetwork(IPAddress.Parse("2001:db8::"), 32), NpgsqlDbType = NpgsqlDbType.Cidr });
                await insert.ExecuteNonQueryAsync();
            }

            await using var select = new NpgsqlCommand("SELECT ip, net, mac, seen, set_masklen(ip, 8) FROM machines WHERE ip = ANY ($1) ORDER BY id", connection);
            select.Parameters.Add(new NpgsqlParameter { Value = new[] { IPAddress.Parse("10.1.2.3"), IPAddress.Parse("2001:db8::1") } });
            await using var reader = await select.ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            Assert.Equal(IPAddress.Parse("10.1.2.3"), reader.GetFieldValue<IPAddress>(0));
            Assert.Equal(new IPNetwork(IPAddress.Parse("10.1.0.0"), 16), reader.GetFieldValue<IPNetwork>(1));
            Assert.Equal(PhysicalAddress.Parse("08002B010203"), reader.GetFieldValue<PhysicalAddress>(2));
            Assert.Equal([IPAddress.IPv6Loopback, IPAddress.Parse("1.2.3.4")], reader.GetFieldValue<IPAddress[]>(3));
            Assert.Equal(new NpgsqlInet(IPAddress.Parse("10.1.2.3"), 8), reader.GetFieldValue<NpgsqlInet>(4));
            Assert.True(await reader.ReadAsync());
            Assert.Equal(IPAddress.Parse("2001:db8::1"), reader.GetFieldValue<IPAddress>(0));
        }
    }
}
