using System.Globalization;
using Shale.Sql;

namespace Shale.Engines;

/// <summary>Functions and operators that give a changed jsonb.</summary>
internal static class PostgresJsonChanges
{
    public static void AddTo(FunctionSet set)
    {
        set.Strict("shale_jsonb_concat", (a, b) => Result(Concatenated(PgJson.Parse(a.AsText()), PgJson.Parse(b.AsText()))));
        set.Strict("shale_jsonb_delete", (json, key) => Result(Deleted(PgJson.Parse(json.AsText()), key)));
        set.Strict("shale_jsonb_delete_path", (json, path) => Result(Changed(PgJson.Parse(json.AsText()), PostgresJson.Path(path), 0, null, Change.Delete)));
        set.Strict("shale_jsonb_set", 3, values => Set(values, create: true));
        set.Strict("shale_jsonb_set", 4, values => Set(values, values[3].AsInteger() != 0));
        set.Strict("shale_jsonb_insert", 3, values => Insert(values, after: false));
        set.Strict("shale_jsonb_insert", 4, values => Insert(values, values[3].AsInteger() != 0));
        set.Strict("shale_jsonb_strip_nulls", json => Result(Stripped(PgJson.Parse(json.AsText()))));
    }

    private enum Change
    {
        Delete,
        Replace,
        Set,
        InsertBefore,
        InsertAfter,
    }

    private static SqlValue Result(PgJson json) => SqlValue.Text(json.ToJsonb());

    private static SqlValue Set(ReadOnlySpan<SqlValue> values, bool create)
    {
        var json = PgJson.Parse(values[0].AsText());
        RequireContainer(json, "set path in");
        return Result(Changed(json, PostgresJson.Path(values[1]), 0, PgJson.Parse(values[2].AsText()), create ? Change.Set : Change.Replace));
    }

    private static SqlValue Insert(ReadOnlySpan<SqlValue> values, bool after)
    {
        var json = PgJson.Parse(values[0].AsText());
        RequireContainer(json, "set path in");
        return Result(Changed(json, PostgresJson.Path(values[1]), 0, PgJson.Parse(values[2].AsText()), after ? Change.InsertAfter : Change.InsertBefore));
    }

    private static void RequireContainer(PgJson json, string action)
    {
        if (json.Kind is not (JsonKind.Array or JsonKind.Object)) throw SqlErrors.Data($"cannot {action} scalar", "22023");
    }

    private static PgJson Concatenated(PgJson a, PgJson b)
    {
        if (a.Kind == JsonKind.Object && b.Kind == JsonKind.Object) return new PgJson { Kind = JsonKind.Object, Members = [.. a.Members, .. b.Members] };
        if (a.Kind == JsonKind.Object || b.Kind == JsonKind.Object)
        {
            var other = a.Kind == JsonKind.Object ? b : a;
            if (other.Kind != JsonKind.Array) throw SqlErrors.Data("invalid concatenation of jsonb objects", "22023");
        }

        return new PgJson { Kind = JsonKind.Array, Items = [.. AsItems(a), .. AsItems(b)] };
    }

    private static List<PgJson> AsItems(PgJson json) => json.Kind == JsonKind.Array ? json.Items : [json];

    private static PgJson Deleted(PgJson json, SqlValue key)
    {
        RequireContainer(json, "delete from");
        if (key.Kind == SqlValueKind.Integer)
        {
            if (json.Kind == JsonKind.Object) throw SqlErrors.Data("cannot delete from object using integer index", "22023");
            var index = key.AsInteger() < 0 ? key.AsInteger() + json.Items.Count : key.AsInteger();
            return new PgJson { Kind = JsonKind.Array, Items = [.. json.Items.Where((_, i) => i != index)] };
        }

        var name = key.AsText();
        return json.Kind == JsonKind.Object
            ? new PgJson { Kind = JsonKind.Object, Members = [.. json.Members.Where(member => member.Key != name)] }
            : new PgJson { Kind = JsonKind.Array, Items = [.. json.Items.Where(item => item.Kind != JsonKind.String || item.Text != name)] };
    }

    private static PgJson Changed(PgJson json, List<string?> path, int depth, PgJson? value, Change change)
    {
        if (depth >= path.Count) return json;
        if (path[depth] is not { } step) throw SqlErrors.Data($"path element at position {depth + 1} is null", "22004");
        return json.Kind switch
        {
            JsonKind.Object => ChangedObject(json, path, depth, step, value, change),
            JsonKind.Array => ChangedArray(json, path, depth, step, value, change),
            _ => json,
        };
    }

    private static PgJson ChangedObject(PgJson json, List<string?> path, int depth, string step, PgJson? value, Change change)
    {
        var last = depth == path.Count - 1;
        var members = new List<(string, PgJson)>();
        var found = false;
        foreach (var (key, old) in json.Sorted())
        {
            if (key != step)
            {
                members.Add((key, old));
                continue;
            }

            found = true;
            if (!last) members.Add((key, Changed(old, path, depth + 1, value, change)));
            else if (change is Change.InsertBefore or Change.InsertAfter) throw SqlErrors.Data("cannot replace existing key", "22023", "Use jsonb_set to replace a key's value.");
            else if (change != Change.Delete) members.Add((key, value!));
        }

        if (!found && last && change is Change.Set or Change.InsertBefore or Change.InsertAfter && !found && last) members.Add((step, value!));
        return new PgJson { Kind = JsonKind.Object, Members = members };
    }

    private static PgJson ChangedArray(PgJson json, List<string?> path, int depth, string step, PgJson? value, Change change)
    {
        if (!int.TryParse(step, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            throw SqlErrors.Data($"path element at position {depth + 1} is not an integer: \"{step}\"", "22P02");
        var items = new List<PgJson>(json.Items);
        var at = index < 0 ? index + items.Count : index;
        var last = depth == path.Count - 1;
        if (at >= 0 && at < items.Count)
        {
            if (!last) items[at] = Changed(items[at], path, depth + 1, value, change);
            else if (change == Change.Delete) items.RemoveAt(at);
            else if (change == Change.InsertBefore) items.Insert(at, value!);
            else if (change == Change.InsertAfter) items.Insert(at + 1, value!);
            else items[at] = value!;
        }
        else if (last && change is Change.Set or Change.InsertBefore or Change.InsertAfter && last)
        {
            // Outside: at the nearer end.
            items.Insert(at < 0 ? 0 : items.Count, value!);
        }

        return new PgJson { Kind = JsonKind.Array, Items = items };
    }

    private static PgJson Stripped(PgJson json) => json.Kind switch
    {
        JsonKind.Object => new PgJson
        {
            Kind = JsonKind.Object,
            Members = [.. json.Sorted().Where(member => member.Value.Kind != JsonKind.Null).Select(member => (member.Key, Stripped(member.Value)))],
        },
        JsonKind.Array => new PgJson { Kind = JsonKind.Array, Items = [.. json.Items.Select(Stripped)] },
        _ => json,
    };
}
