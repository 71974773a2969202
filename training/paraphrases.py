"""More ways to ask, for training alone: a model that reads words must not know twelve sentences.

Sentences of lengths and relations, with either thing named first, between what people say before
and after a question. None of them is a phrasing of the data engine (src/language/question/phrasings.ts), whose held-out
ones stay held out.
"""

from __future__ import annotations

import numpy as np

from .words import one_of, split_words

LENGTHS = {
    "distance": """how far away from {B} is {A}|{A} is how far away from {B}|what is the way from {A} to {B}
        |how far away from each other are {A} and {B}|is {B} far away from {A} how far
        |from {A} how far away is {B}|how far away from {A} does {B} lie|how far off from {B} is {A}
        |from {A} to {B} how far is it|{A} and {B} are how far from each other
        |how much space is between the middles of {A} and {B}|to get from {A} to {B} how far must one go
        |how distant are {A} and {B}|say the distance {A} {B}|how far off is {B} from {A}
        |what separates {A} from {B} as a length|distance {A} to {B}
        |distance of {A} from {B}|what separation is there from {A} to {B}
        |please measure how far {B} is from {A}|how many centimeters lie between {A} and {B}
        |the straight line distance between {A} and {B} is what
        |how long is the path through the air from {A} to {B}|what is the range from {A} to {B}
        |can you work out how far away from {A} one finds {B}|how near is {A} to {B}
        |i need the distance from {A} to {B}|how close is the center of {A} to the center of {B}
        |how far is the middle of {A} from the middle of {B}|how far apart are the centers of {A} and {B}
        |from the middle of {A} how far is the middle of {B}|from center to center how far are {A} and {B} apart
        |what is the way from the center of {A} to that of {B}|how far are the two middles of {A} and {B} apart
        |tell how far off {A} is from {B}|please tell me how far away {A} stands from {B}
        |what is the length of a line from {A} to {B}|how long would a string from {A} to {B} be
        |draw a line from {A} to {B} how long is it|in a straight line how far are {A} and {B} apart
        |is it far from {A} to {B} how far|at what distance from {A} is {B}
        |at what distance from each other are {A} and {B}|how remote from {A} is {B}
        |how distant is {A} from {B}|how great is the separation of {A} and {B}
        |{A} is at what distance from {B}|how many meters are there from {A} to {B}
        |what is the distance that {A} has from {B}|how large a distance is there between {A} and {B}""",
    "gap": """how much must {A} move until it meets {B}|what is left free between {A} and {B}
        |what is the least distance from {A} to {B} at their sides|how near are the nearest sides of {A} and {B}
        |how large is the gap from {A} to {B}|what clearance is there between {A} and {B}
        |free space between {A} and {B}|from edge to edge how far are {A} and {B} apart
        |how wide a thing would fit between {A} and {B}|between the outsides of {A} and {B} how far is it
        |what gap is left between {A} and {B}|how much room is left between {A} and {B}
        |from the side of {A} to the side of {B} how much space is there
        |how narrow is the gap from {A} to {B}|how far must {A} travel until it touches {B}
        |what is the smallest distance between the surface of {A} and that of {B}
        |how near do {A} and {B} come to each other where they are closest
        |what would have to fit through between {A} and {B}|surface to surface how far is {A} from {B}
        |before {A} would touch {B} how much air is there between them
        |how far apart are the nearest points of {A} and {B}|how far apart are {A} and {B} where they come closest
        |what is the distance of {A} and {B} at their closest|how far are {A} and {B} from touching
        |how thick a thing could pass between {A} and {B}|how large is the free space from {A} to {B}
        |how far from the nearest side of {A} is the nearest side of {B}
        |where {A} and {B} are nearest how far apart are they|how small is the space that is left between {A} and {B}
        |how much free room is there from {A} to {B}|how much may {A} move before it hits {B}
        |from the surface of {A} to the surface of {B} what is the distance""",
    "height": """say the height of {A}|{A} is how tall|how high is {A} itself|what is {A} in height
        |how many centimeters does {A} go up from its foot|the top of {A} is how far over its own foot
        |height of {A}|how tall would you say {A} is|what does {A} measure upright
        |from the base up how much does {A} measure|say how high {A} is from foot to top
        |what is the extent of {A} from its base to its tip|how tall does {A} stand
        |vertically what is the size of {A}|measure {A} from bottom to top|how long is {A} upwards
        |what is the upright size of {A}|what is the upright extent of {A}|how large is {A} vertically
        |how large is the vertical extent of {A}|how much space does {A} take upwards
        |what does {A} measure from its foot up|how far is it from the base of {A} to its tip""",
    "width": """say the width of {A}|{A} is how wide|what is {A} in width|how many centimeters is {A} wide
        |how far is it across {A}|sideways how large is {A}
        |width of {A}|how wide would you say {A} is|how broad is {A}
        |from one side to the other how wide is {A}|how much sideways room does {A} take
        |what is the span of {A} from left to right|measure {A} across
        |how much of the view does {A} take up sideways in centimeters
        |what does {A} measure across|how far is it from the left side of {A} to its right side
        |how large is the extent of {A} sideways|what is the lateral extent of {A}|what is the extent of {A} across
        |what is the lateral size of {A}|what is the sideways size of {A}|what is the extent of {A} from side to side
        |how large is the sideways extension of {A}|how large is {A} sideways
        |what is the extent of {A} in the left right direction|across the picture how wide is {A}
        |what is the width that {A} has|how much does {A} extend sideways
        |what does {A} measure sideways|how far does {A} reach from side to side""",
    "elevation": """{A} is how far above the table|how far under {A} is the table
        |from the table to the foot of {A} how far is it|how many centimeters over the surface is {A}
        |how high does {A} float|what gap is there between {A} and the table below it
        |elevation of {A}|how far above the table is {A} held|is {A} lifted and how far
        |how high has {A} been raised from the table|how much space is there between the table and {A}
        |how far up from the surface was {A} lifted|height of the lowest point of {A} over the ground
        |how far would {A} fall if it were let go|how far does {A} float above what is below it
        |at what elevation does {A} hang
        |how much higher than the table is the underside of {A}|how far is the foot of {A} from the table
        |what is the distance from the bottom of {A} to the table|how far off the ground is {A}
        |how much above the table does {A} begin|is {A} in the air and how high""",
    "vertical_distance": """counting only up and down how far is it from {A} to {B}
        |along the vertical how far are {A} and {B} from each other|upwards or downwards how far apart are {A} and {B}
        |{A} and {B} differ by how much in height|how far apart in height are {A} and {B}
        |up or down how far is {B} from {A}|how much higher or lower than {B} is {A}
        |say the vertical separation of {A} and {B}
        |vertical distance of {A} and {B}|counted upwards only how far is {B} from {A}
        |what is the height difference between {A} and {B}
        |how much do {A} and {B} differ vertically|along the up direction how far apart are {A} and {B}
        |difference of the heights of {A} and {B}|if only height counts how far is {A} from {B}
        |how far up or down is it from {A} to {B}|what separates {A} and {B} in height
        |how far apart are {A} and {B} if one counts height alone
        |what is the distance between {A} and {B} along the vertical direction
        |in the upright direction how far apart are {A} and {B}|the middles of {A} and {B} differ by what height
        |what is the difference of the heights of the middles of {A} and {B}
        |how much is the vertical separation from {A} to {B}|only vertically how far is {A} from {B}
        |how many centimeters of height lie between {A} and {B}|how far do {A} and {B} lie apart upwards or downwards""",
    "horizontal_distance": """in the plan how far is {A} from {B}|over the table top how far apart are {A} and {B}
        |along the surface of the table how far is {B} from {A}|horizontally how far is it from {A} to {B}
        |drawn as a plan how far are {A} and {B} from each other|flat along the table how far is {A} from {B}
        |{A} and {B} are how far apart on the table plane
        |how far is it level from {A} to {B}|say the horizontal separation of {A} and {B}
        |not counting up and down how far is {A} from {B}|over the ground how far is it from {A} to {B}
        |horizontal distance of {A} and {B}|on a map of the table how far is {A} from {B}
        |looking straight down how far apart are {A} and {B}
        |if you ignore height how far is {A} from {B}|how far along the table is {B} from {A}
        |without counting height what is the distance from {A} to {B}
        |seen from straight above what is the distance of {A} and {B}
        |drawn on the ground how far is {A} from {B}|in the plane of the table how far apart are {A} and {B}
        |seen in plan how far is it from {A} to {B}|in the plan view what is the distance from {A} to {B}
        |on a plan how far is {A} away from {B}|along the table how far is it from {A} to {B}
        |how far is {B} from {A} measured along the table|measured on the table how far apart are {A} and {B}
        |along the supporting surface what separates {A} from {B}|on the supporting surface how far is {A} from {B}
        |how far apart on the ground are {A} and {B}|from above how far apart do {A} and {B} look
        |what is the distance of {A} and {B} over the ground|measured level how far apart are {A} and {B}
        |in the horizontal plane how far is {A} from {B}|only horizontally how far is it from {A} to {B}
        |how much is the horizontal separation from {A} to {B}|drawn on a plan what is the distance of {A} and {B}""",
    "above_difference": """how far over {B} does {A} reach|how much taller does {A} end than {B}
        |what is the difference from the top of {B} up to the top of {A}
        |the top of {A} is how much higher than that of {B}|how far does {A} tower over {B}
        |what amount is {A} higher than {B} at the top|above {B} how far up is {A}
        |by what amount does {A} go higher than {B}
        |what is the height of the top of {A} measured from the top of {B}
        |over the top of {B} how high is the top of {A}|the top of {A} lies how far over the top of {B}
        |how far is the top of {A} over that of {B}|from the top of {B} how far is it up to the top of {A}
        |how much does the top of {A} lie over the top of {B}|what is the lead in height that {A} has over {B}
        |from {B} to {A} how far does one rise at the tops|what is the climb from the top of {B} to that of {A}
        |what is the way up from the top of {B} to that of {A}|from the top of {B} to that of {A} how far up is it
        |by what amount does {A} surpass {B} in height|the amount by which {A} surpasses {B} in height
        |give me the amount by which {A} overtops {B}|how much does {A} exceed {B} in height at the top
        |how far up from the top of {B} does {A} reach|say by how much the top of {A} is over that of {B}""",
    "below_difference": """how far under {B} does {A} reach|the bottom of {A} is how much lower than that of {B}
        |what is the difference from the bottom of {B} down to the bottom of {A}
        |what amount is {A} lower than {B} at the bottom|below {B} how far down is {A}
        |by what amount does {A} go lower than {B}|how deep below {B} is {A}
        |how much farther down does {A} begin than {B}
        |what is the depth of the bottom of {A} measured from the bottom of {B}
        |under the bottom of {B} how low is the bottom of {A}|the bottom of {A} lies how far under the bottom of {B}
        |how far is the bottom of {A} under that of {B}|from the bottom of {B} how far is it down to the bottom of {A}
        |how much does the bottom of {A} lie under the bottom of {B}
        |how deep is the drop from {B} to {A} counted at the bottoms|from {B} to {A} how deep does one drop
        |what drop is there from the foot of {B} to the foot of {A}|from the bottom of {B} to that of {A} how far down is it
        |what is the way down from the bottom of {B} to that of {A}
        |how far down from the bottom of {B} does {A} reach|say by how much the bottom of {A} is under that of {B}""",
    "behind_difference": """how much less near to the camera is {A} than {B}|by how much is {A} less close to us than {B}
        |how much more is {A} away from the camera than {B}|how much less close is {A} than {B}
        |how much less near is {A} to the viewer than {B}
        |how much deeper in the view is {A} than {B}|how far beyond {B} is {A}
        |in depth how much farther is {A} than {B}|what is the depth of {A} beyond {B}
        |away from the camera how far past {B} is {A}|by what amount is {A} farther off than {B}
        |how far to the back of {B} is {A}|{A} is farther from the camera than {B} by how much
        |along the view how far does {A} lie beyond {B}
        |by how much is {A} more distant from us than {B}|how much more remote from the camera is {A} than {B}
        |{A} is more distant than {B} by how much|how much less close to the viewer than {B} is {A}
        |how much more far from us is {A} than {B}|by what amount is {A} less near than {B}
        |how much deeper does {A} lie than {B}|how much is the distance to {A} greater than the distance to {B}""",
    "front_difference": """how much less far from the camera is {A} than {B}|how much less far away is {A} than {B}
        |by how much is {A} less far from us than {B}|{A} is less deep in the view than {B} by how much
        |how much more is {B} away from the camera than {A}
        |how much less deep in the view is {A} than {B}
        |in depth how much closer is {A} than {B}|towards the camera how far before {B} is {A}
        |by what amount is {A} closer to the camera than {B}|how far to the front of {B} is {A}
        |{A} is closer to the camera than {B} by how much|how much nearer to us is {A} than {B}
        |along the view how far does {A} lie before {B}
        |by how much is {A} less distant from us than {B}|how much less remote from the camera is {A} than {B}
        |{A} is less distant than {B} by how much|how much less far from the viewer than {B} is {A}
        |how much more near to us is {A} than {B}|by what amount is {A} less far than {B}
        |how much less deep does {A} lie than {B}|how much is the distance to {A} less than the distance to {B}
        |the camera is how much nearer to {A} than to {B}|how much less distance from the camera does {A} have than {B}""",
    "left_difference": """leftward from {B} how far is {A}|how much more to the left than {B} is {A}
        |{A} is left of {B} by how much|by what amount is {A} more left than {B}
        |what is the distance that {A} is to the left side of {B}
        |starting at {B} and moving left how far away is {A}|sideways how far left from {B} is {A}
        |how far must one go left of {B} to reach {A}""",
    "right_difference": """rightward from {B} how far is {A}|how much more to the right than {B} is {A}
        |{A} is right of {B} by how much|by what amount is {A} more right than {B}
        |what is the distance that {A} is to the right side of {B}
        |starting at {B} and moving right how far away is {A}|sideways how far right from {B} is {A}
        |how far must one go right of {B} to reach {A}""",
}

# "A is … B"
THAN = {
    "left": "to the left of|farther left than|left of|more to the left than|on the left side of",
    "right": "to the right of|farther right than|right of|more to the right than|on the right side of",
    "above": "above|higher up than|higher than|at a greater height than",
    "below": "below|lower down than|lower than|at a lesser height than",
    "behind": """behind|farther from the camera than|farther away than|farther back than|deeper than
        |more distant than|more remote than|less close to the camera than|less near than""",
    "front": """in front of|closer to the camera than|closer than|nearer to the viewer than|nearer than
        |less distant than|less remote than|less far from the camera than|less far away than""",
    "tall": "taller than|of greater height than|greater in height than",
    "short": "shorter than|of lesser height than|less tall than|lesser in height than",
    "wide": "wider than|broader than|of greater width than",
    "thin": "thinner than|narrower than|of lesser width than|less wide than",
    "big": "bigger than|larger than|of greater size than",
    "small": "smaller than|less big than|of lesser size than",
}
# "… is the one"
MORE = {
    "left": "farther to the left|more to the left|on the left|left",
    "right": "farther to the right|more to the right|on the right|right",
    "above": "higher up|placed higher|higher|above the other",
    "below": "lower down|placed lower|lower|below the other",
    "behind": "farther from the camera|farther back|behind|farther away|more distant|less close|less near",
    "front": "closer to the camera|nearer to the viewer|in front|closer|less distant|less far away|nearer",
    "tall": "taller|greater in height|the tall one",
    "short": "shorter|lesser in height|less tall",
    "wide": "wider|broader|greater in width",
    "thin": "thinner|narrower|less wide",
    "big": "bigger|larger|greater in size",
    "small": "smaller|less big|lesser in size",
}
PREDICATES = """can one say that {A} is {than} {B}|please confirm {A} is {than} {B}
    |tell me if {A} is {than} {B}|verify this {A} is {than} {B}|do you think {A} is {than} {B}
    |in this view is {A} {than} {B}|is it right that {A} is {than} {B}
    |as one sees it here is {A} {than} {B}|i say {A} is {than} {B} do you agree
    |could it be that {A} is {than} {B}|is {A} really {than} {B}|would one call {A} {than} {B}
    |from the camera s side is {A} {than} {B}|find out whether {A} is {than} {B}
    |given the picture is {A} {than} {B}|does {A} look {than} {B}
    |compared with {B} is {A} {more}|relative to {B} is {A} {more}
    |against {B} is {A} {more}|if you compare it with {B} is {A} {more}
    |with {B} in mind is {A} {more}|{A} is {than} {B} true or false|{A} is {than} {B} right
    |is it {A} that is {than} {B}|true or false {A} is {than} {B}|is {A} the one {than} {B}
    |look at {B} is {A} {than} it|there is {B} is {A} {than} that|see whether {A} is {than} {B}
    |taking {B} as the measure is {A} {more}|is {A} {more} if one compares it with {B}
    |{A} {than} {B} yes or no|set against {B} is {A} {more}|say yes or no {A} is {than} {B}"""
CHOICES = """given the two things {A} and {B} which is {more}|which of them is {more} {A} or {B}
    |is it {A} or {B} that is {more}|what is {more} {A} or {B}
    |choose the one that is {more} from {A} and {B}|there are {A} and {B} which one is {more}
    |{A} and {B} say which one of them is {more}|who is {more} {A} or {B}
    |find the {more} one {A} or {B}|{A} against {B} which is {more}
    |take {A} and {B} the one that is {more} is which|do you find {A} or {B} {more}
    |{A} or {B} which is {more}|{A} or {B} which one is {more}
    |is {A} or {B} {more}|out of {A} and {B} which is {more}|comparing {A} and {B} which is {more}
    |which thing is {more} {A} or {B}|say whether {A} or {B} is {more}|the {more} one is it {A} or {B}
    |would it be {A} or {B} that is {more}|if you had to pick the {more} one would it be {A} or {B}
    |between the two {A} and {B} which one do you see {more}|which do you think is {more} {A} or {B}"""
CLASSES = """is {A} {than} {B} or {more2}|{A} is it {than} or {than2} {B}
    |next to {B} is {A} {more} or {more2}|beside {B} would one say {A} is {more} or {more2}
    |how is {A} placed against {B} {more} or {more2}|say is {A} {more} or {more2} when set beside {B}
    |taking {B} as the measure is {A} {more} or {more2}|would you call {A} {more} or {more2} next to {B}
    |find out whether {A} is {than} or {than2} {B}|of {A} say if it is {than} or {than2} {B}
    |given {B} is {A} {more} or {more2}
    |compared with {B} is {A} {more} or {more2}|relative to {B} is {A} {more} or {more2}
    |against {B} is {A} {more} or {more2}|{A} against {B} {more} or {more2}
    |set against {B} is {A} {more} or {more2}|with {B} as the reference is {A} {more} or {more2}
    |how does {A} stand to {B} {more} or {more2}|{more} or {more2} what is {A} compared with {B}
    |in relation to {B} is {A} {more} or {more2}|is {A} the {more} or the {more2} one compared with {B}
    |look at {B} then at {A} is it {more} or {more2}|judged by {B} is {A} {more} or {more2}
    |there are {B} and {A} is the last one {more} or {more2}
    |put {A} beside {B} is {A} {more} or {more2}|{than} or {than2} {B} what is {A}
    |is it {than} or {than2} {B} that {A} is|if one looks from {B} is {A} {more} or {more2}
    |when you hold {A} against {B} is it {more} or {more2}|as for {A} is it {than} or {than2} {B}"""


# Of differences: "{A} is … {than} {B}", and the way that one goes from B to A.
WAYS = {
    "left": "left|leftward|to the left|leftwards|towards the left",
    "right": "right|rightward|to the right|rightwards|towards the right",
    "above": "up|upward|higher|upwards|higher up",
    "below": "down|downward|lower|downwards|lower down",
    "behind": "back|backward|away from the camera|away from us|deeper into the picture",
    "front": "forward|to the front|towards the camera|towards us|nearer to the viewer",
}
DIFFERENCES = """give me the amount by which {A} is {than} {B}|the amount by which {A} lies {way} of {B}
    |tell me the amount by which {A} is {than} {B}|what is the length by which {A} is {than} {B}
    |by how much is {A} {than} {B}|{A} is {than} {B} by how much
    |how much is {A} {than} {B}|say how much {A} is {than} {B}|by what length is {A} {than} {B}
    |what is the amount by which {A} is {than} {B}|how many centimeters is {A} {than} {B}
    |compared with {B} how much {more} is {A}|relative to {B} how far {way} is {A}
    |measured from {B} how far {way} is {A}|from {B} how far {way} does one go to {A}
    |starting from {B} how far {way} must i go until i am at {A}
    |if {B} is where one starts how far {way} does {A} lie|with {B} as zero how far {way} is {A}
    |{B} is the reference how far {way} from it is {A}|to reach {A} from {B} how far {way} is it
    |going {way} from {B} where does {A} come|counted from {B} how far {way} is {A}
    |what step {way} leads from {B} to {A}|how far {way} of {B} is {A}
    |against {B} how much {more} does {A} lie|set against {B} {A} is how much {more}
    |how far does {A} lie {way} when one begins at {B}"""
BEFORE = """please|tell me|say|in this picture|in the image|looking at the scene|robot|roughly
    |as well as you can|from what you see|can you tell me|could you say|i would like to know
    |a question|estimate|quickly|one more|given this view|for the task|now|so|hello""".split("|")
AFTER = """please|in this picture|in meters|in centimeters|in inches|in feet|in millimeters
    |use inches|use meters|use centimeters|answer with a number in inches
    |say it in inches|say it in centimeters|give meters|give centimeters|in cm|in m|roughly
    |as you see it|in the scene|here|at this moment|right now|approximately|what do you think""".split("|")
UNITS = ("meters", "centimeters", "inches", "feet", "millimeters", "cm", "m", "number")
# Kinds in which A and B may change places.
SYMMETRIC = {"distance", "gap", "vertical_distance", "horizontal_distance"}


def options(text: str) -> list[str]:
    return [each.strip() for each in text.split("|")]


CHOICE_OF = {
    name: options(text)
    for name, text in [
        *LENGTHS.items(),
        *((f"than {key}", text) for key, text in THAN.items()),
        *((f"more {key}", text) for key, text in MORE.items()),
        *((f"way {key}", text) for key, text in WAYS.items()),
        ("predicate", PREDICATES), ("choice", CHOICES), ("class", CLASSES),
        ("difference", DIFFERENCES),
    ]
}


def pick(name: str, random: np.random.Generator) -> str:
    return one_of(CHOICE_OF[name], random)


def template_of(kind: str, random: np.random.Generator) -> list[str]:
    """The words of a sentence of a kind, {A} and {B} among them."""
    if kind in LENGTHS and not (kind.endswith("_difference") and random.random() < 0.65):
        return pick(kind, random).split()
    head, tail = kind.split("_")
    if tail in ("predicate", "choice", "difference"):
        sentence = pick(tail, random)
        words = {"than": pick(f"than {head}", random), "more": pick(f"more {head}", random)}
        if tail == "difference":
            words["way"] = pick(f"way {head}", random)
    else:
        first, second = (head, tail) if random.random() < 0.7 else (tail, head)
        sentence = pick("class", random)
        words = {"than": pick(f"than {first}", random), "than2": pick(f"than {second}", random),
                 "more": pick(f"more {first}", random), "more2": pick(f"more {second}", random)}
    for key, value in words.items():
        sentence = sentence.replace(f"{{{key}}}", value)
    return sentence.split()


def decorate(words: list[str], is_length: bool, random: np.random.Generator) -> list[str]:
    """What people say before and after a question."""
    if random.random() < 0.2:
        words = one_of(BEFORE, random).split() + words
    if random.random() < 0.3:
        after = one_of(AFTER, random).split()
        if is_length or not set(after) & set(UNITS):
            words = words + after
    return words


def all_words() -> list[str]:
    """Every word that occurs, for the vocabulary."""
    texts = [text for texts in CHOICE_OF.values() for text in texts] + BEFORE + AFTER
    return sorted({word for text in texts for word in split_words(text)}
                  - {"a", "b"})
