namespace Shale.Engines;

/// <summary>Trigonometry in degrees, exact at the angles where PostgreSQL is: multiples of 30 and 45 degrees.</summary>
internal static class PostgresDegrees
{
    private const double Radian = Math.PI / 180;

    /// <summary>Adds a function by its name and its domain; null for all numbers.</summary>
    public delegate void Add(string name, Func<double, double> body, Func<double, bool>? inDomain);

    public static void AddTo(Add add)
    {
        add("sind", Sine, double.IsFinite);
        add("cosd", a => Sine(Math.IEEERemainder(a, 360) + 90), double.IsFinite);
        add("tand", Tangent, double.IsFinite);
        add("cotd", a => Tangent(90 - Math.IEEERemainder(a, 360)), double.IsFinite);
        add("asind", a => Snapped(Math.Asin(a) / Radian, 30), a => !(Math.Abs(a) > 1));
        add("acosd", a => Snapped(Math.Acos(a) / Radian, 30), a => !(Math.Abs(a) > 1));
        add("atand", a => Snapped(Math.Atan(a) / Radian, 45), null);
    }

    public static double ArcTangent(double y, double x) => Snapped(Math.Atan2(y, x) / Radian, 45);

    private static double Sine(double degrees)
    {
        var angle = Math.IEEERemainder(degrees, 360);
        if (angle > 90) angle = 180 - angle;
        if (angle < -90) angle = -180 - angle;
        return Math.Abs(angle) switch
        {
            0 => 0,
            30 => Math.CopySign(0.5, angle),
            90 => Math.CopySign(1, angle),
            _ => Math.Sin(angle * Radian),
        };
    }

    private static double Tangent(double degrees)
    {
        var angle = Math.IEEERemainder(degrees, 180);
        return Math.Abs(angle) switch
        {
            0 => 0,
            45 => Math.CopySign(1, angle),
            90 => angle > 0 ? double.PositiveInfinity : double.NegativeInfinity,
            _ => Math.Tan(angle * Radian),
        };
    }

    // An angle that is a multiple of the step but for the last bits is that multiple.
    private static double Snapped(double angle, double step)
    {
        var near = Math.Round(angle / step) * step;
        return Math.Abs(angle - near) <= Math.Abs(near) * 4e-16 ? near : angle;
    }
}
