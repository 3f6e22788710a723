using System.Collections.Immutable;
using Shale.Postgres.Wire;

namespace Shale.Server;

/// <summary>The variables of one session. What a transaction sets is taken back with it; what it sets LOCAL ends with it. Not thread-safe.</summary>
internal sealed class SessionVariables
{
    private static readonly ImmutableDictionary<string, string> None = ImmutableDictionary<string, string>.Empty;
    private readonly Dictionary<string, string> _reported = [];
    private ImmutableDictionary<string, string> _start = None, _session = None, _local = None, _shown = None;

    /// <summary>Whether anything may differ from what the client has been told.</summary>
    private bool _changed = true;

    private SessionSettings? _settings;

    /// <summary>What each message and each statement ask for.</summary>
    public SessionSettings Settings => _settings ??= SessionSettings.Of(this);

    /// <summary>What is set, to be taken back to.</summary>
    public (object Session, object Local) Save() => (_session, _local);

    /// <summary>Takes back to what was saved.</summary>
    public void Restore((object Session, object Local) saved)
    {
        if (ReferenceEquals(saved.Session, _session) && ReferenceEquals(saved.Local, _local)) return;
        (_session, _local) = ((ImmutableDictionary<string, string>)saved.Session, (ImmutableDictionary<string, string>)saved.Local);
        Changed();
    }

    /// <summary>A transaction has ended: so has what it set for itself.</summary>
    public void EndLocal()
    {
        if (_local.IsEmpty) return;
        _local = None;
        Changed();
    }

    /// <summary>
    /// What the client said at its start is what RESET goes back to. JDBC tells each server the zone of its own machine, whoever uses it: where that is not UTC the session begins nevertheless, in UTC, as the client is
    /// told twice: by the variable's report and by the warning that is returned. Errors: as <see cref="Set"/>.
    /// </summary>
    public ErrorFields? Begin(string name, string value)
    {
        if (name.Equals("TimeZone", StringComparison.OrdinalIgnoreCase) && !SessionVariableList.IsUtc(value))
            return new ErrorFields("WARNING", "0A000", $"the time zone of the session is UTC, not {value}") { Hint = SessionVariableList.ZoneHint };
        Set(name, [value], isLocal: false);
        _start = _session;
        return null;
    }

    /// <summary>A variable as it is now. Errors: NOT_FOUND (42704).</summary>
    public string Get(string name)
    {
        var key = name.ToLowerInvariant();
        if (_shown.TryGetValue(key, out var value)) return value;
        return SessionVariableList.ByName.TryGetValue(key, out var variable) ? variable.Default : throw Unknown(name);
    }

    /// <summary>Whether there is one of that name.</summary>
    public bool Has(string name) => SessionVariableList.ByName.ContainsKey(name.ToLowerInvariant()) || _shown.ContainsKey(name.ToLowerInvariant());

    /// <summary>The name as PostgreSQL writes it.</summary>
    public static string NameOf(string name) => SessionVariableList.ByName.TryGetValue(name.ToLowerInvariant(), out var variable) ? variable.Name : name;

    /// <summary>All there are, by name.</summary>
    public IEnumerable<(string Name, string Value)> All() => SessionVariableList.ByName.Values.Select(variable => (variable.Name, Get(variable.Name)))
        .Concat(_shown.Where(pair => pair.Key.Contains('.', StringComparison.Ordinal)).Select(pair => (pair.Key, pair.Value))).OrderBy(pair => pair.Item1, StringComparer.OrdinalIgnoreCase);

    /// <summary>Sets one; without values it goes back to what it was at the start. Errors: NOT_FOUND (42704); QUERY_ERROR (22023, 0A000, 55P02).</summary>
    public void Set(string name, IReadOnlyList<string> values, bool isLocal)
    {
        var key = name.ToLowerInvariant();

        // Names with a dot are the applications' own.
        if (!SessionVariableList.ByName.TryGetValue(key, out var variable) && !key.Contains('.', StringComparison.Ordinal)) throw Unknown(name);
        if (values.Count == 0)
        {
            if (isLocal) _local = _start.TryGetValue(key, out var first) ? _local.SetItem(key, first) : variable is null ? _local.Remove(key) : _local.SetItem(key, variable.Default);
            else _session = _start.TryGetValue(key, out var start) ? _session.SetItem(key, start) : _session.Remove(key);
        }
        else
        {
            var value = variable is null ? string.Join(", ", values) : variable.Read(variable, values);
            if (isLocal) _local = _local.SetItem(key, value);
            else (_session, _local) = (_session.SetItem(key, value), _local.Remove(key));
        }

        Changed();
    }

    /// <summary>RESET ALL.</summary>
    public void ResetAll()
    {
        (_session, _local) = (_start, None);
        Changed();
    }

    /// <summary>Tells the client what has changed.</summary>
    public void Report(MessageWriter writer)
    {
        if (!_changed) return;
        _changed = false;
        foreach (var variable in SessionVariableList.ByName.Values)
        {
            if (!variable.IsReported) continue;
            var value = Get(variable.Name);
            if (_reported.TryGetValue(variable.Name, out var told) && told == value) continue;
            _reported[variable.Name] = value;
            writer.ParameterStatus(variable.Name, value);
        }
    }

    private void Changed()
    {
        _changed = true;
        _shown = _session.SetItems(_local);
        _settings = null;
    }

    private static VitessException Unknown(string name) => new(ErrorCodes.NotFound, $"unrecognized configuration parameter \"{name}\"", sqlState: "42704",
        hint: "SHOW ALL lists the parameters; SHOW KEYSPACES, TABLES, VSCHEMA TABLES and VITESS_SHARDS list what there is.");
}
