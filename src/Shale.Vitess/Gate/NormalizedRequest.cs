using Shale.Sql;

namespace Shale.Vitess;

/// <summary>
/// A request whose literals have been taken out of its text, so that statements that differ only in them share a plan (SEMANTICS S3.1). One for each thread, used again and
/// again: what it gives is valid until the next request on the thread.
/// </summary>
internal sealed class NormalizedRequest
{
    [ThreadStatic]
    private static NormalizedRequest? _current;

    private readonly SqlNormalizer _normalizer = new();
    private char[] _key = new char[256];
    private int _keyLength;

    /// <summary>The thread's own.</summary>
    public static NormalizedRequest Current => _current ??= new NormalizedRequest();

    /// <summary>What the plan is kept under: the text, and in dialect postgres the kinds of the literals, since they decide types.</summary>
    public ReadOnlySpan<char> Key => _key.AsSpan(0, _keyLength);

    /// <summary>The normalised text.</summary>
    public string Text => _normalizer.Text.ToString();

    /// <summary>Normalises; false where the statement must be taken as it is.</summary>
    public bool TryRead(string sql, SqlDialect dialect)
    {
        if (!_normalizer.TryNormalize(sql, dialect)) return false;
        var text = _normalizer.Text;
        var parameters = _normalizer.Parameters;
        var length = text.Length + parameters.Length + 1;
        if (_key.Length < length) _key = new char[length * 2];
        text.CopyTo(_key);
        _keyLength = text.Length;
        if (dialect == SqlDialect.Sqlite) return true;
        _key[_keyLength++] = '\0';
        foreach (ref readonly var parameter in parameters) _key[_keyLength++] = KindOf(parameter);
        return true;
    }

    /// <summary>The types that literals bring with them in dialect postgres: integers by their size, strings none.</summary>
    public SqlType[] KnownTypes()
    {
        var parameters = _normalizer.Parameters;
        var types = new SqlType[parameters.Length];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = KindOf(parameters[i]) switch
            {
                'i' => new SqlType(SqlTypeKind.Int4),
                'l' => new SqlType(SqlTypeKind.Int8),
                _ => SqlType.Unknown,
            };
        }

        return types;
    }

    /// <summary>The values in the order of the normalised text: literals, and those that the request gives. QUERY_ERROR (08P01) for too few, too many, missing names.</summary>
    public SqlValue[] Values(GateRequest request)
    {
        var parameters = _normalizer.Parameters;
        var values = parameters.Length == 0 ? [] : new SqlValue[parameters.Length];
        var used = 0;
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var parameter = ref parameters[i];
            used = Math.Max(used, parameter.OriginalIndex);
            values[i] = parameter.IsLiteral ? parameter.Value : Given(request, parameter.OriginalIndex);
        }

        if (request.NamedParams is null && request.Params.Count != used) throw BoundValues.WrongCount(used, request.Params.Count);
        return values;
    }

    private SqlValue Given(GateRequest request, int index)
    {
        if (request.NamedParams is null)
        {
            return index <= request.Params.Count ? request.Params[index - 1] : throw BoundValues.WrongCount(index, request.Params.Count);
        }

        var name = _normalizer.NameOf(index);
        if (name.IsEmpty) throw BoundValues.Positional();
        var bare = name[1..].ToString();
        return request.NamedParams.TryGetValue(bare, out var value) ? value : throw BoundValues.NoValue(bare);
    }

    private static char KindOf(in NormalizedParameter parameter)
    {
        if (!parameter.IsLiteral) return '?';
        if (parameter.Value.Kind != SqlValueKind.Integer) return 's';
        return parameter.Value.AsInteger() is >= int.MinValue and <= int.MaxValue ? 'i' : 'l';
    }
}
