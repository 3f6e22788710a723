using System.Buffers.Binary;
using System.Text;

namespace Shale.Sql;

/// <summary>
/// The order of jsonb (manual, 8.14.4): null, strings, numbers, booleans, arrays, objects; fewer elements or members before more, then one element or member after the other. As PostgreSQL has it, a value that
/// stands alone is an array of one element before those that are written as such, so that an empty array comes before all.
/// </summary>
internal static class PgJsonOrder
{
    private const byte Null = 0, String = 1, Number = 2, Boolean = 3, Array = 16, Object = 17;

    /// <summary>Bytes that compare as the values do: the same for equal ones.</summary>
    public static byte[] Key(PgJson json)
    {
        var key = new List<byte>();
        if (json.Kind is JsonKind.Array or JsonKind.Object)
        {
            Add(key, json, isOutermost: true);
        }
        else
        {
            key.Add(Array);
            AddCount(key, 1);
            key.Add(0);
            Add(key, json, isOutermost: false);
        }

        return [.. key];
    }

    private static void Add(List<byte> key, PgJson json, bool isOutermost)
    {
        switch (json.Kind)
        {
            case JsonKind.Null:
                key.Add(Null);
                break;
            case JsonKind.True or JsonKind.False:
                key.AddRange([Boolean, json.Kind == JsonKind.True ? (byte)1 : (byte)0]);
                break;
            case JsonKind.Number:
                key.Add(Number);
                key.AddRange(NumericOrder.Key(PgDecimal.Parse(json.Text)));
                break;
            case JsonKind.String:
                key.Add(String);
                AddText(key, json.Text);
                break;
            case JsonKind.Array:
                key.Add(Array);
                AddCount(key, json.Items.Count);
                if (isOutermost) key.Add(1);
                foreach (var item in json.Items) Add(key, item, isOutermost: false);
                break;
            default:
                AddMembers(key, json.Sorted());
                break;
        }
    }

    private static void AddMembers(List<byte> key, List<(string Key, PgJson Value)> members)
    {
        key.Add(Object);
        AddCount(key, members.Count);
        foreach (var (name, value) in members)
        {
            AddText(key, name);
            Add(key, value, isOutermost: false);
        }
    }

    // No string has a character 0: it stands for the end.
    private static void AddText(List<byte> key, string text)
    {
        key.AddRange(Encoding.UTF8.GetBytes(text));
        key.Add(0);
    }

    private static void AddCount(List<byte> key, int count)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, count);
        key.AddRange(bytes);
    }
}
