using System.Globalization;

namespace Shale.DoSql.Tests;

/// <summary>
/// Versions over periods equal those of a model: the whole tables are copied after each commit, and a version is a row of successive copies that are equal. Random writes of many kinds, branches,
/// restores, columns that are added, tables that are made anew; every form of period with ends of every kind.
/// </summary>
public sealed class PeriodModelTests
{
    private static readonly string[] Tables = ["t", "w"], PeriodColumns = ["_dosql_version", "_dosql_valid_from", "_dosql_valid_to"];

    [Fact]
    [Trait("Rule", "S5.6")]
    [Trait("Category", "Random")]
    public async Task Periods_RandomEnds_GiveTheVersionsOfTheModel()
    {
        var seed = Environment.GetEnvironmentVariable("SHALE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 11;
        var directory = new TempDirectory();
        try
        {
            await new Run(new Random(seed), directory.Path).RunAsync();
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.Message}\nSHALE_SEED={seed} ./test DoSql --filter {nameof(PeriodModelTests)}", exception);
        }

        directory.Remove();
    }

    /// <summary>A commit of a branch, and the tables after it: by table and key the row, by column.</summary>
    private sealed record Copy(long Version, long Lsn, DateTimeOffset Moment, string Time, Dictionary<string, Dictionary<string, Dictionary<string, string>>> Content);

    private sealed class Run(Random random, string directory)
    {
        private const string MakeT = "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, n REAL)";

        private readonly SettableTime _clock = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        private readonly Dictionary<string, List<Copy>> _branches = new() { ["main"] = [] };
        private readonly Dictionary<string, string> _defaults = [];
        private readonly List<(long Lsn, DateTimeOffset Moment)> _log = [];
        private readonly List<(string Name, long Lsn)> _snapshots = [];
        private DoSqlDatabase _db = null!;
        private int _step;
        private int _versions;

        public async Task RunAsync()
        {
            var options = new DoSqlOptions { Log = new PageLog.PageStoreOptions { Clock = _clock, Durable = false, CheckpointBytes = 1 << 18 } };
            _db = await DoSqlDatabase.OpenAsync(directory, options);
            try
            {
                await _db.RunScriptAsync($"{MakeT}; CREATE TABLE w (a TEXT COLLATE NOCASE, b INT, v, PRIMARY KEY (b, a)) WITHOUT ROWID");
                await CopyAsync(_db);
                for (_step = 0; _step < 250; _step++)
                {
                    await ChangeAsync();
                    if (_step % 10 == 9) await CompareAsync(4);
                    if (_step % 100 != 99) continue;
                    await _db.DisposeAsync();
                    _db = await DoSqlDatabase.OpenAsync(directory, options);
                }

                await CompareAsync(60);
                Assert.True(_versions > 1000, $"only {_versions} versions were compared");
            }
            finally
            {
                await _db.DisposeAsync();
            }
        }

        private async Task ChangeAsync()
        {
            _clock.Now = _clock.Now.AddMicroseconds(random.Next(3) * random.Next(2000));
            var branch = _db.OnBranch(_branches.Keys.ElementAt(random.Next(_branches.Count)));
            var versions = _branches[branch.Name];
            if (!versions[^1].Content.ContainsKey("t")) await CommitAsync(branch, MakeT);
            switch (random.Next(40))
            {
                case 0 when _branches.Count < 4:
                    var from = random.Next(versions.Count);
                    await _db.BranchAsync($"b{_step}", TimePoint.OfBranch(branch.Name, TimePoint.OfVersion(versions[from].Version)));
                    _branches[$"b{_step}"] = versions[..(from + 1)];
                    return;
                case 1 or 2:
                    var restored = await branch.RestoreAsync(TimePoint.OfVersion(versions[random.Next(versions.Count)].Version));
                    await CopyAsync(branch);
                    if (random.Next(3) > 0) return;
                    await branch.RestoreAsync(TimePoint.OfBookmark(restored.Undo));
                    await CopyAsync(branch);
                    return;
                case 3:
                    await AddColumnAsync(branch);
                    return;
                case 4:
                    await MakeAnewAsync(branch);
                    return;
                case 5:
                    var named = versions[random.Next(versions.Count)];
                    await _db.SnapshotAsync($"s{_step}", TimePoint.OfBranch(branch.Name, TimePoint.OfVersion(named.Version)));
                    _snapshots.Add(($"s{_step}", named.Lsn));
                    return;
                case 6:
                    await CommitAsync(branch, random.Next(2) == 0 ? "VACUUM" : $"CREATE INDEX i{_step} ON t (v)");
                    return;
                case < 20:
                    await InTransactionAsync(branch);
                    return;
                default:
                    await CommitAsync(branch, AnyWrite());
                    return;
            }
        }

        private string AnyWrite()
        {
            var (some, part) = (random.Next(30), random.Next(2, 6));
            return random.Next(13) switch
            {
                0 => $"INSERT OR IGNORE INTO t (id, v, n) SELECT value, 'v' || value, value * 0.5 FROM generate_series({some}, {some + part})",
                1 => $"INSERT INTO t (v, n) VALUES ('new', {some}), (NULL, -0.0)",
                2 => $"UPDATE t SET v = v || 'x' WHERE id % {part} = 0",
                3 => $"UPDATE t SET v = v, n = n WHERE id % {part} = 0",
                4 => $"DELETE FROM t WHERE id % {part} = 1",
                5 => $"UPDATE OR IGNORE t SET id = id + {part} WHERE id > {some}",
                6 => $"REPLACE INTO t (id, v, n) VALUES ({some}, 'r', 1), ({some + 1}, 'r', 2)",
                7 => $"INSERT INTO t (id, v) VALUES ({some}, 'u') ON CONFLICT (id) DO UPDATE SET v = excluded.v || v",
                8 => $"INSERT OR REPLACE INTO w (a, b, v) VALUES ('k{some % 7}', {part}, {some}), ('K{some % 5}', {part}, x'00{some:x2}')",
                9 => $"UPDATE w SET a = upper(a) WHERE b = {part}",
                10 => $"UPDATE OR REPLACE w SET b = b + 1, v = v + 1 WHERE a < 'k3'",
                11 => $"DELETE FROM w WHERE b = {part}",
                _ => $"UPDATE w SET v = {some} WHERE b > {part}",
            };
        }

        private async Task InTransactionAsync(DoSqlBranch branch)
        {
            await branch.TransactionAsync(async transaction =>
            {
                for (var i = random.Next(1, 5); i > 0; i--)
                {
                    await transaction.RunAsync(AnyWrite());
                    if (random.Next(3) > 0) continue;
                    await transaction.RunAsync("SAVEPOINT s");
                    await transaction.RunAsync(AnyWrite());
                    if (random.Next(4) == 0) await Assert.ThrowsAsync<VitessException>(() => transaction.RunAsync("INSERT INTO t (id) VALUES (-5), (-6), (-5)"));
                    if (random.Next(2) == 0) await transaction.RunAsync("ROLLBACK TO s");
                    await transaction.RunAsync("RELEASE s");
                }
            });
            await CopyAsync(branch);
        }

        private async Task AddColumnAsync(DoSqlBranch branch)
        {
            var (table, column) = (Tables[random.Next(2)], $"c{_step}");
            _defaults[column] = random.Next(3) switch
            {
                0 => "NULL",
                1 => $"'{_step}'",
                _ => "7",
            };
            await branch.TransactionAsync(async transaction =>
            {
                await transaction.RunAsync($"ALTER TABLE {table} ADD COLUMN {column} DEFAULT {_defaults[column]}");
                if (random.Next(2) == 0) await transaction.RunAsync($"UPDATE {table} SET {column} = {random.Next(3)} WHERE v > 'm'");
            });
            await CopyAsync(branch);
        }

        // As SQLite's manual says that a table is changed; or with a gap.
        private async Task MakeAnewAsync(DoSqlBranch branch)
        {
            var sql = await branch.QueryOneAsync<string>("SELECT sql FROM sqlite_schema WHERE name = 't'");
            if (sql is null) return;
            if (random.Next(2) == 0)
            {
                await CommitAsync(branch, "DROP TABLE t");
                await CommitAsync(branch, sql);
                return;
            }

            var made = sql.Replace("CREATE TABLE t", "CREATE TABLE x", StringComparison.Ordinal).Replace("CREATE TABLE \"t\"", "CREATE TABLE x", StringComparison.Ordinal);
            await branch.RunScriptAsync($"{made}; INSERT INTO x SELECT * FROM t; UPDATE x SET v = 'anew' WHERE id % 5 = 0; DROP TABLE t; ALTER TABLE x RENAME TO t;");
            await CopyAsync(branch);
        }

        private async Task CommitAsync(DoSqlBranch branch, string sql)
        {
            await branch.RunAsync(sql);
            await CopyAsync(branch);
        }

        // A write that changed nothing made no version.
        private async Task CopyAsync(DoSqlBranch branch)
        {
            var (lsn, version, time) = await branch.QueryOneAsync<(long, long, string)>("SELECT lsn, version, timestamp FROM dosql_log LIMIT 1");
            var versions = _branches[branch.Name];
            if (versions.Count > 0 && versions[^1].Version == version) return;
            var content = new Dictionary<string, Dictionary<string, Dictionary<string, string>>>();
            foreach (var table in await branch.QueryAsync<string>("SELECT name FROM sqlite_schema WHERE name IN ('t', 'w')")) content[table] = await ContentAsync(branch, table);
            var moment = DateTimeOffset.Parse(time + "Z", CultureInfo.InvariantCulture);
            versions.Add(new Copy(version, lsn, moment, time, content));
            _log.Add((lsn, moment));
        }

        private static async Task<Dictionary<string, Dictionary<string, string>>> ContentAsync(DoSqlBranch branch, string table)
        {
            var rows = await branch.QueryRowsAsync($"SELECT * FROM {table}");
            var content = new Dictionary<string, Dictionary<string, string>>();
            for (var i = 0; i < rows.RowCount; i++)
            {
                var row = new Dictionary<string, string>();
                for (var column = 0; column < rows.Fields.Count; column++) row[rows.Fields[column].Name] = Show(rows[i][column]);
                content[table == "t" ? row["id"] : row["a"].ToUpperInvariant() + row["b"]] = row;
            }

            return content;
        }

        private static string Show(SqlValue value) => $"{value.Kind}:{value}";

        private async Task CompareAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                var branch = _db.OnBranch(_branches.Keys.ElementAt(random.Next(_branches.Count)));
                var table = Tables[random.Next(2)];
                var versions = _branches[branch.Name];
                if (!versions[^1].Content.ContainsKey(table)) continue;
                var columns = (await branch.QueryAsync<string>("SELECT name FROM pragma_table_info(?)", [table])).ToList();
                var (text, has) = AnyPeriod(versions);
                var expected = Expected(versions, table, columns).Where(each => has(each.Begin, each.End)).ToList();
                var (where, isWanted) = AnyKey(table);
                expected = [.. expected.Where(each => isWanted(each.Row))];
                _versions += expected.Count;

                // What is not read need not be found out.
                var read = Enumerable.Range(0, 3).Where(_ => random.Next(3) > 0).ToList();
                var found = await ReadAsync(branch, $"SELECT *{string.Concat(read.Select(column => ", " + PeriodColumns[column]))} FROM {table} FOR SYSTEM_TIME {text}{where}");
                AssertSame(expected.Select(each => each.Shown + string.Concat(read.Select(column => "|" + each.Column(column)))), found, $"step {_step}, {branch.Name}: {table} {text}{where}, {string.Join(", ", read)}");
            }
        }

        private static async Task<List<string>> ReadAsync(DoSqlBranch branch, string sql)
        {
            var rows = await branch.QueryRowsAsync(sql);
            return [.. Enumerable.Range(0, rows.RowCount).Select(i => string.Join('|', Enumerable.Range(0, rows.Fields.Count).Select(column => Show(rows[i][column]))))];
        }

        private static void AssertSame(IEnumerable<string> expected, List<string> found, string what)
        {
            var (wanted, got) = (expected.Order(StringComparer.Ordinal).ToList(), found.Order(StringComparer.Ordinal).ToList());
            if (wanted.SequenceEqual(got)) return;
            Assert.Fail($"{what}\nmissing: {string.Join("\n         ", wanted.Except(got).Take(3))}\ntoo many: {string.Join("\n          ", got.Except(wanted).Take(3))}\n{wanted.Count} expected, {got.Count} found");
        }

        private (string Where, Func<Dictionary<string, string>, bool> IsWanted) AnyKey(string table)
        {
            if (random.Next(2) == 0) return ("", _ => true);
            var (id, letter) = (random.Next(30), random.Next(7));
            return table == "t"
                ? ($" WHERE id = {id}", row => row["id"] == $"Integer:{id}")
                : ($" WHERE a = 'K{letter}' AND b = {id % 6}", row => row["a"].Equals($"Text:K{letter}", StringComparison.OrdinalIgnoreCase) && row["b"] == $"Integer:{id % 6}");
        }

        private sealed record Version(Copy Begin, Copy? End, Dictionary<string, string> Row, string Shown)
        {
            public string Column(int column) => column switch
            {
                0 => $"Integer:{Begin.Version}",
                1 => $"Text:{Begin.Time}",
                _ => End is null ? "Null:NULL" : $"Text:{End.Time}",
            };
        }

        // Runs of copies in which the row is equal, in the columns of now.
        private List<Version> Expected(List<Copy> versions, string table, List<string> columns)
        {
            var found = new List<Version>();
            var open = new Dictionary<string, (Copy Begin, Dictionary<string, string> Row, string Shown)>();
            foreach (var copy in versions)
            {
                var rows = copy.Content.GetValueOrDefault(table) ?? [];
                foreach (var (key, (begin, row, shown)) in open.ToList())
                {
                    if (rows.TryGetValue(key, out var now) && ShownAs(now, columns) == shown) continue;
                    found.Add(new Version(begin, copy, row, shown));
                    open.Remove(key);
                }

                foreach (var (key, row) in rows) open.TryAdd(key, (copy, row, ShownAs(row, columns)));
            }

            return [.. found, .. open.Values.Select(each => new Version(each.Begin, null, each.Row, each.Shown))];
        }

        private string ShownAs(Dictionary<string, string> row, List<string> columns) => string.Join('|', columns.Select(column => row.TryGetValue(column, out var value) ? value : _defaults[column] switch
        {
            "NULL" => "Null:NULL",
            ['\'', .. var text, '\''] => "Text:" + text,
            var number => "Integer:" + number,
        }));

        private (string Text, Func<Copy, Copy?, bool> Has) AnyPeriod(List<Copy> versions)
        {
            var (a, b) = (AnyEnd(versions), AnyEnd(versions));
            if (random.Next(3) > 0 && Count(a.IsUpTo) > Count(b.IsUpTo)) (a, b) = (b, a);
            var isOrdered = a.Moment is null || b.Moment is null || a.Moment <= b.Moment;
            switch (random.Next(4))
            {
                case 0:
                    return ("ALL", (_, _) => true);
                case 1:
                    var isEmpty = !isOrdered || Count(a.IsUpTo) > Count(b.IsUpTo);
                    return ($"BETWEEN {a.Text} AND {b.Text}", (begin, end) => !isEmpty && b.IsUpTo(begin.Lsn, begin.Moment) && !(end is not null && a.IsUpTo(end.Lsn, end.Moment)));
                case 2:
                    var isNothing = !isOrdered || (a.Moment is not null && a.Moment == b.Moment) || Count(a.IsUpTo) > Count(b.IsBefore);
                    return ($"FROM {a.Text} TO {b.Text}", (begin, end) => !isNothing && b.IsBefore(begin.Lsn, begin.Moment) && !(end is not null && a.IsUpTo(end.Lsn, end.Moment)));
                default:
                    return ($"CONTAINED IN ({a.Text}, {b.Text})", (begin, end) => !a.IsBefore(begin.Lsn, begin.Moment) && end is not null && b.IsUpTo(end.Lsn, end.Moment));
            }
        }

        private int Count(Func<long, DateTimeOffset, bool> isUpTo) => _log.Count(commit => isUpTo(commit.Lsn, commit.Moment));

        /// <summary>An end: its text; whether a commit is at or before it, and before it; its moment if that is what it names.</summary>
        private (string Text, Func<long, DateTimeOffset, bool> IsUpTo, Func<long, DateTimeOffset, bool> IsBefore, DateTimeOffset? Moment) AnyEnd(List<Copy> versions)
        {
            var copy = versions[random.Next(versions.Count)];
            switch (random.Next(6))
            {
                case 0 or 1:
                    var moment = copy.Moment.AddMicroseconds(random.Next(-1, 2));
                    if (moment > _clock.Now) moment = _clock.Now;
                    return ($"'{moment:yyyy-MM-dd HH:mm:ss.ffffff}'", (_, at) => at <= moment, (_, at) => at < moment, moment);
                case 2:
                    var any = random.Next(2) == 0 ? copy.Lsn : _log[random.Next(_log.Count)].Lsn;
                    return ($"LSN {any}", (lsn, _) => lsn <= any, (lsn, _) => lsn < any, null);
                case 3:
                    return ($"VERSION {copy.Version}", (lsn, _) => lsn <= copy.Lsn, (lsn, _) => lsn < copy.Lsn, null);
                case 4 when _snapshots.Count > 0:
                    var (name, at) = _snapshots[random.Next(_snapshots.Count)];
                    return ($"SNAPSHOT '{name}'", (lsn, _) => lsn <= at, (lsn, _) => lsn < at, null);
                default:
                    return ($"VERSION CURRENT - {versions[^1].Version - copy.Version}", (lsn, _) => lsn <= copy.Lsn, (lsn, _) => lsn < copy.Lsn, null);
            }
        }
    }
}
