using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// What statements share that read the same VSchemas of the past: catalogs and plans, whatever the versions of the shards are. The past is a keyspace: beside those of the present, or
/// instead of them. Bounded; those that have not been used for longest are forgotten. Thread-safe.
/// </summary>
internal sealed class PastSessions
{
    private const int MostSessions = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<(Catalog? Present, string Past), (GateSession Session, long Used)> _sessions = [];
    private readonly LockGraph _locks = new();
    private readonly EntryNotes _notes;
    private long _uses;

    /// <summary>None yet.</summary>
    public PastSessions() => _notes = new EntryNotes(_locks);

    /// <summary>A session whose keyspaces are those of one moment, and nothing of the present: names mean the tables of then.</summary>
    /// <param name="present">The session of the present.</param>
    /// <param name="moment">The target's keyspace at the moment, and the others that there are.</param>
    public GateSession Whole(GateSession present, IReadOnlyList<KeyspaceCut> moment)
    {
        if (moment.FirstOrDefault(cut => VSchemaNames.Comparer.Equals(cut.Keyspace.Name, present.Keyspace.Name))?.Keyspace.Name is not { } target)
        {
            throw new VitessException(ErrorCodes.TimeTravelNotSupported, $"keyspace \"{present.Keyspace.Name}\" is not known at {moment[0].Point}", hint: "Its shards keep no versions, or none of that time.");
        }

        var tablets = TabletMap.OfPast(Tablets(present, moment, number: 0), _locks, _notes);
        var key = $"{present.Dialect} {target} {ShardOf(present)} {Eras(moment)}";
        return Get((null, key), present, tablets, RowMoves.Never, moment, () =>
        {
            var schema = SchemaOf(VSchema.Empty, Narrowed(present, moment, number: 0));
            return new Catalog(schema, schema.Get(target), present.Dialect);
        });
    }

    /// <summary>A session of the present that has keyspaces of some moments beside it, by <see cref="PastNames"/>.</summary>
    /// <param name="present">The session of the present.</param>
    /// <param name="moments">The moments, from number 1 on.</param>
    /// <param name="places">For each name of the statement the number of its moment: it is part of what plans depend on.</param>
    public GateSession Beside(GateSession present, IReadOnlyList<IReadOnlyList<KeyspaceCut>> moments, IEnumerable<int> places)
    {
        var tablets = present.Tablets.With(moments.SelectMany((moment, i) => Tablets(present, moment, i + 1)));
        var key = $"{string.Join(',', places)} {string.Join('|', moments.Select(Eras))}";
        return Get((present.Catalog, key), present, tablets, present.Epoch, present.Moment, () =>
        {
            var schema = SchemaOf(present.Catalog.VSchema, moments.SelectMany((moment, i) => Narrowed(present, moment, i + 1)));
            return new Catalog(schema, present.Keyspace, present.Dialect, present.Catalog.Refused);
        });
    }

    private GateSession Get((Catalog? Present, string Past) key, GateSession present, TabletMap tablets, long epoch, IReadOnlyList<KeyspaceCut>? moment, Func<Catalog> catalog)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(key, out var known))
            {
                _sessions[key] = (known.Session, ++_uses);
                return known.Session.On(tablets, epoch, moment);
            }
        }

        var made = present.Over(catalog(), tablets, epoch, moment);
        lock (_lock)
        {
            if (_sessions.Count >= MostSessions) _sessions.Remove(_sessions.MinBy(each => each.Value.Used).Key);
            _sessions[key] = (made, ++_uses);
        }

        return made;
    }

    private static VSchema SchemaOf(VSchema present, IEnumerable<VKeyspace> past) =>
        present with { Keyspaces = past.Aggregate(present.Keyspaces, (all, keyspace) => all.SetItem(keyspace.Name, keyspace)) };

    // Tables of several moments may have one and the same schema object.
    private static IEnumerable<VKeyspace> Narrowed(GateSession present, IEnumerable<KeyspaceCut> moment, int number)
    {
        foreach (var cut in moment)
        {
            var keyspace = cut.Keyspace;
            var shards = IsTarget(present, cut) ? [keyspace.Shards[cut.PlaceOf(ShardOf(present)!)]] : keyspace.Shards;
            yield return keyspace.WithOwnSchemas() with { Name = PastNames.Of(keyspace.Name, number), Shards = shards };
        }
    }

    private static IEnumerable<(string Name, ITablet[] Tablets)> Tablets(GateSession present, IEnumerable<KeyspaceCut> moment, int number) => moment.Select(cut =>
    {
        // Also where names are those of the present, its transactions must tell the shards apart.
        var name = PastNames.Of(cut.Keyspace.Name, number == 0 ? int.MaxValue : number);

        // A session of the past has the keyspaces of its moment alone, and a point may name a branch beside them.
        var tablets = (present.Tablets.Has(cut.Keyspace) ? present.Tablets.Of(cut.Keyspace) : cut.Tablets).Select(ITablet (tablet) => new PastTablet(tablet, name, cut, cut.PlaceOf(tablet.Shard)));
        return (PastNames.Of(cut.Keyspace.Name, number), tablets.ToArray());
    });

    private static bool IsTarget(GateSession present, KeyspaceCut cut) => present.IsShard && VSchemaNames.Comparer.Equals(cut.Keyspace.Name, present.Keyspace.Name);

    private static string? ShardOf(GateSession present) => present.IsShard ? present.Tablets.Of(present.Keyspace)[0].Shard : null;

    private static string Eras(IEnumerable<KeyspaceCut> moment)
    {
        var text = new StringBuilder();
        foreach (var cut in moment) text.Append(CultureInfo.InvariantCulture, $"{cut.Keyspace.Name}={cut.Era.Keyspace}:{cut.Era.Version}{(cut.Period is null ? "" : ':' + cut.Period.Table)} ");
        return text.ToString();
    }
}
